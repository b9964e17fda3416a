"""What is ready to upload: held against what the platforms read, and run as they run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest
import yaml
from whole_machine import needs_git, needs_sandboxes

HOUSE = Path(__file__).resolve().parents[2]
GRADESCOPE = HOUSE / "platforms" / "gradescope"
SCHEMA = json.loads((HOUSE / "tests/schemas/gradescope.schema.json").read_text(encoding="utf-8"))
SLUG = "ex41_dedup_key"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for Linux")


def machine(tmp_path: Path) -> Path:
    """Gives a folder laid out as `/autograder` is, with this course as what was uploaded."""
    home = tmp_path / "autograder"
    (home / "source" / "halfway" / ".venv").mkdir(parents=True)
    (home / "source" / "halfway" / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (home / "submission").mkdir()
    return home


def graded(home: Path, **more: str) -> dict[str, object]:
    env = {**os.environ, "AUTOGRADER": str(home), **more}
    subprocess.run([GRADESCOPE / "run_autograder"], env=env, check=True, timeout=180)
    found: dict[str, object] = json.loads((home / "results" / "results.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


@pytest.mark.slow
def test_the_autograder_of_gradescope_writes_results(tmp_path: Path) -> None:
    """One submission in, `results.json` out: a right answer has every point."""
    needs_sandboxes()
    home = machine(tmp_path)
    right = (HOUSE / "solutions" / SLUG / "keys.py").read_bytes()
    (home / "submission" / "keys.py").write_bytes(right)
    tests = graded(home)["tests"]
    assert isinstance(tests, list)
    assert all(test["status"] == "passed" for test in tests)
    assert len(tests) > 5


@pytest.mark.slow
def test_the_autograder_says_why_nothing_was_graded(tmp_path: Path) -> None:
    """Without a file of a unit there is a score of 0, and the review's own words."""
    home = machine(tmp_path)
    (home / "submission" / "essay.txt").write_text("x")
    told = graded(home)
    assert told["score"] == 0
    assert "Nothing was graded" in str(told["output"])
    assert "essay.txt" in str(told["output"]) or "No submission was run" in str(told["output"])


def test_the_zip_for_gradescope_has_what_it_runs(tmp_path: Path) -> None:
    """`setup.sh` and `run_autograder` at the top, to be executed, and the course with its suites."""
    needs_git()
    subprocess.run([GRADESCOPE / "pack.sh", tmp_path / "out.zip"], check=True, capture_output=True)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes["setup.sh"] & modes["run_autograder"] & 0o111
    assert "halfway/course.py" in modes
    assert any(name.startswith(f"halfway/tests/exercises/{SLUG}/") for name in modes)


def test_scripts_and_settings_are_well_formed() -> None:
    """Every shell script is read by bash, every workflow is YAML with jobs, the dev container is JSON."""
    for script in GRADESCOPE.iterdir():
        subprocess.run(["bash", "-n", script], check=True)
        assert os.access(script, os.X_OK), script
    for path in (HOUSE / ".github" / "workflows").glob("*.yml"):
        flow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert all(job["steps"] for job in flow["jobs"].values())
    json.loads((HOUSE / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
