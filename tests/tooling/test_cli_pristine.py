"""The untouched stub is found again, whatever a learner has committed since."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cli_course import CliCourse
from whole_machine import needs_git

from halfway.cli.pristine import keep_copies, stub_text
from halfway.cli.problem import Problem


@pytest.fixture
def course(tmp_path: Path) -> CliCourse:
    """A clone as its author made it, with one commit."""
    needs_git()
    course = CliCourse(tmp_path / "course")
    git(course, "init", "-q")
    commit(course, "the course")
    return course


def git(course: CliCourse, *words: str) -> None:
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(course.root), *who, *words], check=True, capture_output=True)


def commit(course: CliCourse, message: str) -> None:
    git(course, "add", "-A")
    git(course, "commit", "-q", "-m", message)


def test_work_that_is_not_committed(course: CliCourse) -> None:
    """The stub is as in the clone."""
    untouched = course.first.stub.read_text()
    course.first.stub.write_text("work\n")
    assert stub_text(course.first) == untouched


def test_work_that_is_committed(course: CliCourse) -> None:
    """A learner's own commits touch the stub alone, and do not count."""
    untouched = course.first.stub.read_text()
    for number in range(3):
        course.first.stub.write_text(f"work {number}\n")
        commit(course, "my work")
    assert stub_text(course.first) == untouched


def test_a_stub_that_its_author_has_changed(course: CliCourse) -> None:
    """The newest stub of the author counts: it changed together with the solution."""
    for path in (course.first.stub, course.first.solution):
        path.write_text(path.read_text().replace("the rest of the contract", "more of the contract"))
    commit(course, "ex41: a clearer contract")
    clearer = course.first.stub.read_text()
    course.first.stub.write_text("work\n")
    commit(course, "my work")
    assert stub_text(course.first) == clearer


def test_a_unit_that_git_does_not_know(course: CliCourse) -> None:
    """A unit in the making was never committed: nothing is guessed."""
    course.type("new", "ex43_duplicate_delivery")
    from halfway.catalog import find

    with pytest.raises(Problem, match="Nothing remembers"):
        stub_text(find("43", course.root))


def test_a_folder_without_history(tmp_path: Path) -> None:
    """From a zip, the copy counts that was kept when the unit was first seen, and is never replaced."""
    course = CliCourse(tmp_path / "zip")
    untouched = course.first.stub.read_text()
    keep_copies([course.first, course.second])
    course.first.stub.write_text("work\n")
    keep_copies([course.first, course.second])
    assert stub_text(course.first) == untouched


def test_a_clone_keeps_no_copies(course: CliCourse) -> None:
    """Where git remembers, there is nothing beside it that could grow old."""
    keep_copies([course.first, course.second])
    assert not (course.root / ".halfway").exists()
