"""A newer course comes in; what a learner wrote is as it was, wherever an update stops."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from cli_course import FIRST, CliCourse
from whole_machine import needs_git

from halfway.catalog import edition
from halfway.cli.skeleton import make_unit
from halfway.cli.updating import clone

MINE = "mine = 'é'\r\n"
THIRD = "ex43_duplicate_delivery"
NOTICE = "rest of the contract", "rest of the newer contract"


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *words], check=True, capture_output=True, text=True
    )
    return done.stdout


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


@pytest.fixture
def author(tmp_path: Path) -> CliCourse:
    """The course where its author works, with one commit."""
    needs_git()
    course = CliCourse(tmp_path / "author")
    (course.root / ".gitignore").write_text(".halfway/\n*.before-*\n*.new-stub-*\n")
    git(course.root, "init", "-q", "-b", "main")
    commit(course.root, "the course")
    return course


@pytest.fixture
def learner(author: CliCourse, monkeypatch: pytest.MonkeyPatch) -> CliCourse:
    """A clone of it, whose owner has a name."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ana")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ana@example.org")
    course = object.__new__(CliCourse)
    course.root = author.root.with_name("learner")
    git(author.root, "clone", "-q", str(author.root), str(course.root))
    return course


def newer(course: CliCourse) -> str:
    """The author has a new unit, and a clearer contract in the first one. Gives its new stub."""
    for path in (course.first.stub, course.first.solution):
        path.write_text(path.read_text().replace(*NOTICE))
    make_unit(course.root, THIRD, "receive.py")
    if (course.root / ".git").exists():
        commit(course.root, "more")
    return course.first.stub.read_text()


def beside(course: CliCourse) -> dict[str, str]:
    """What lies beside the first stub, by name."""
    folder = course.first.stub.parent
    return {path.name: path.read_text() for path in folder.iterdir() if path.name.startswith("keys.py.")}


def test_a_clone_without_work(author: CliCourse, learner: CliCourse) -> None:
    """Everything is as the author has it, and a second update says that nothing is newer."""
    stub = newer(author)
    run = learner.type("update")
    assert (run.returncode, f"New: {THIRD}." in run.stdout) == (0, True), run.stderr
    assert learner.first.stub.read_text() == stub
    assert not beside(learner)
    assert git(learner.root, "status", "--porcelain") == ""
    assert "newest version already" in learner.type("update").stdout


@pytest.mark.parametrize("committed", [False, True])
def test_a_clone_with_work(author: CliCourse, learner: CliCourse, committed: bool) -> None:
    """The text is as it was, byte for byte, committed or not; the new stub stands beside it."""
    stub = newer(author)
    learner.first.stub.write_bytes(MINE.encode())
    learner.second.stub.write_bytes(MINE.encode())
    if committed:
        commit(learner.root, "my work")
    run = learner.type("update")
    assert run.returncode == 0, run.stderr
    assert [unit.stub.read_bytes() for unit in (learner.first, learner.second)] == [MINE.encode()] * 2
    assert beside(learner) == {"keys.py.new-stub-1": stub}
    assert "The new one stands beside yours, as exercises/ex41_dedup_key/keys.py.new-stub-1." in run.stdout
    assert (learner.root / "exercises" / THIRD).is_dir()
    assert "newest version already" in learner.type("update").stdout


def test_what_cannot_be_merged_changes_nothing(author: CliCourse, learner: CliCourse) -> None:
    """A page that both have changed stops the update before it begins; the commands that are told work."""
    newer(author)
    page = author.first.concept
    page.write_text(page.read_text() + "\nnewer\n")
    commit(author.root, "page")
    learner.first.stub.write_bytes(MINE.encode())
    mine = learner.root / page.relative_to(author.root)
    mine.write_text("mine\n")
    head = git(learner.root, "rev-parse", "HEAD")
    run = learner.type("update")
    assert run.returncode == 4
    assert "You have changed what the newer course changes as well" in run.stderr
    assert (git(learner.root, "rev-parse", "HEAD"), mine.read_text()) == (head, "mine\n")
    assert learner.first.stub.read_bytes() == MINE.encode()
    for command in run.stderr.split("`")[1:-3:2]:
        if command.startswith("git"):
            subprocess.run(command, shell=True, cwd=learner.root, check=True)
    assert "+mine" in (learner.root / "mine.patch").read_text()
    assert learner.type("update").returncode == 0
    assert learner.first.stub.read_bytes() == MINE.encode()


def test_a_merge_that_fails_gives_the_text_back(
    author: CliCourse, learner: CliCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever git says, the learner's text is in its place, and no copy is left over."""
    newer(author)
    learner.first.stub.write_bytes(MINE.encode())

    def fails(course: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clone, "_merge", fails)
    with pytest.raises(KeyboardInterrupt):
        clone.update(learner.root)
    assert learner.first.stub.read_bytes() == MINE.encode()
    assert not beside(learner)


def test_a_folder_that_is_no_clone(tmp_path: Path) -> None:
    """Nobody knows where a newer course would come from, and the line says what to name."""
    run = CliCourse(tmp_path / "course").type("update")
    assert run.returncode == 4
    assert "this folder is no clone" in run.stderr


def as_an_edition(course: CliCourse) -> None:
    """Makes an edition of it, as far as an update looks."""
    names = [path.relative_to(course.root).as_posix() for path in course.root.glob("exercises/*/*.*")]
    edition.write(course.root, ((name, (course.root / name).read_bytes()) for name in names))
    for name in ("src", "site"):
        (course.root / name).mkdir(exist_ok=True)
        (course.root / name / "version.txt").write_text(course.root.name)


@pytest.mark.parametrize("how", ["folder", "folder in a folder", "zip"])
def test_an_edition(tmp_path: Path, how: str) -> None:
    """A newer edition comes from a folder or a zip: sources and pages change, a learner's text does not."""
    mine, fresh = CliCourse(tmp_path / "mine"), CliCourse(tmp_path / "fresh" / "halfway")
    stub = newer(fresh)
    for course in (mine, fresh):
        as_an_edition(course)
    (mine.root / "src" / "gone.py").write_text("")
    mine.first.stub.write_bytes(MINE.encode())
    mine.second.stub.write_bytes(MINE.encode())
    place = {"folder": fresh.root, "folder in a folder": fresh.root.parent, "zip": tmp_path / "newer.zip"}[
        how
    ]
    if how == "zip":
        shutil.make_archive(str(place.with_suffix("")), "zip", fresh.root.parent)
    run = mine.type("update", str(place))
    assert run.returncode == 0, run.stderr
    assert f"New: {THIRD}." in run.stdout
    assert [unit.stub.read_bytes() for unit in (mine.first, mine.second)] == [MINE.encode()] * 2
    assert beside(mine) == {"keys.py.new-stub-1": stub}
    assert [path.name for path in (mine.root / "src").iterdir()] == ["version.txt"]
    assert (mine.root / "site" / "version.txt").read_text() == "halfway"
    assert sorted(path.name for path in mine.root.iterdir()) == sorted(
        {path.name for path in fresh.root.iterdir()} | {".halfway"} & {p.name for p in mine.root.iterdir()}
    )


@pytest.mark.parametrize("what", ["nothing", "a folder", "no zip", "an empty zip"])
def test_what_is_no_edition(tmp_path: Path, what: str) -> None:
    """It is named, and nothing is touched."""
    mine = CliCourse(tmp_path / "mine")
    as_an_edition(mine)
    place = tmp_path / "place"
    if what == "a folder":
        place.mkdir()
    if what == "no zip":
        place.write_bytes(b"PK no zip")
    if what == "an empty zip":
        zipfile.ZipFile(place, "w").close()
    run = mine.type("update", str(place))
    assert run.returncode == 4, run.stdout
    assert "Nothing was updated." in run.stderr
    assert FIRST in mine.type("list", "--plain").stdout or mine.first.stub.is_file()
