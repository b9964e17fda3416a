"""What is ready to upload: held against what the platforms read, and run as they run it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import jsonschema
import pytest
import yaml
from whole_machine import needs_git, needs_sandboxes

from halfway import catalog

HOUSE = Path(__file__).resolve().parents[2]
PLATFORMS = HOUSE / "platforms"
GRADESCOPE = PLATFORMS / "gradescope"
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


def repository(tmp_path: Path, text: bytes) -> Path:
    """Gives a learner's repository as an assignment hands it in: an edition's folders, one unit worked on."""
    folder = tmp_path / "handed-in"
    for unit in catalog.units(HOUSE):
        place = folder / "exercises" / unit.slug
        place.mkdir(parents=True)
        place.joinpath(unit.file).write_bytes(text if unit.slug == SLUG else unit.stub.read_bytes())
    (folder / "README.md").write_text("# mine\n")
    return folder


RIGHT = (HOUSE / "solutions" / SLUG / "keys.py").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(("text", "kept"), [(RIGHT, True), (b"import nothing_of_ours\n", False)])
def test_the_workflow_of_github_classroom_gives_a_result(tmp_path: Path, text: bytes, kept: bool) -> None:
    """A repository in, one line out that the reporter reads: base64 of a result by the published schema."""
    needs_sandboxes()
    command = [PLATFORMS / "github_classroom" / "run.sh", repository(tmp_path, text), HOUSE]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=180)
    name, _, value = done.stdout.strip().partition("=")
    assert name == "result"
    result = json.loads(base64.b64decode(value))
    schema = json.loads((HOUSE / "tests/schemas/github_classroom.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(result)
    of_the_unit = [test for test in result["tests"] if test["filename"].endswith("keys.py")]
    assert len(of_the_unit) > 5 or not kept
    assert all(test["status"] == "pass" for test in of_the_unit) is kept or not of_the_unit
    assert result["status"] != "pass"  # the other units are still to be written


@pytest.mark.slow
def test_the_autograder_of_classroom_50_writes_a_result(tmp_path: Path) -> None:
    """Run in the folder of a submission, as the runner does: `result.json` has the runner's own names."""
    needs_sandboxes()
    bundle, submission = tmp_path / "bundle", repository(tmp_path, RIGHT)
    subprocess.run([PLATFORMS / "classroom50" / "pack.sh", bundle], check=True, capture_output=True)
    with tarfile.open(bundle / "halfway.tar.gz") as archive:
        assert "course.py" in archive.getnames()
    (bundle / "halfway" / ".venv").mkdir(parents=True)
    (bundle / "halfway" / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    link = "https://git.example/class/ana"
    named = {
        "SUBMISSION_TAG": "submit/2026-11-28T10-00-00Z-abcdef0",
        "CLASSROOM": "autumn",
        "ASSIGNMENT": SLUG,
    }
    env = {**os.environ, **named, "COMMIT_URL": f"{link}/c", "RELEASE_URL": f"{link}/r", "REVIEW_URL": ""}
    subprocess.run(
        [sys.executable, bundle / "autograder.py"], cwd=submission, env=env, check=True, timeout=180
    )
    result = json.loads((submission / "result.json").read_text(encoding="utf-8"))
    schema = json.loads((HOUSE / "tests/schemas/classroom50_v1.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(result)
    assert (result["classroom"], result["assignment"], result["commit"]) == ("autumn", SLUG, f"{link}/c")
    assert result["score"] == result["max-score"] == len(result["tests"])


def test_scripts_and_settings_are_well_formed() -> None:
    """Every shell script is read by bash, every workflow is YAML with jobs, the dev container is JSON."""
    for script in (*GRADESCOPE.iterdir(), *PLATFORMS.glob("*/*.sh")):
        subprocess.run(["bash", "-n", script], check=True)
        assert os.access(script, os.X_OK), script
    for path in (*(HOUSE / ".github" / "workflows").glob("*.yml"), *PLATFORMS.glob("*/*.yml")):
        flow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert all(job["steps"] for job in flow["jobs"].values())
    json.loads((HOUSE / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
