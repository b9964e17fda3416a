"""`halfway explore`: a story in a terminal, and at each step what else could have happened."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_course import CliCourse


@pytest.fixture
def course(tmp_path: Path) -> CliCourse:
    return CliCourse(tmp_path / "course")


def test_it_begins_with_the_story_that_broke_a_promise(course: CliCourse) -> None:
    """Without a story the smallest one of the first broken promise is told, with every way out of it."""
    course.spoil(course.first)
    run = course.type("explore", "41")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "what else can happen" in run.stdout
    assert "take back: " in run.stdout


def test_each_way_is_a_command_that_can_be_typed(course: CliCourse) -> None:
    """Where nobody is asked, each way out has its command, and the command tells that story."""
    course.spoil(course.first)
    lines = course.type("explore", "41").stdout.splitlines()
    commands = [line.split() for line in lines if line.strip().startswith("halfway explore ")]
    assert commands
    there = course.type(*commands[-1][1:])
    assert there.returncode in (0, 1), there.stdout + there.stderr
    assert "!!" in there.stdout


def test_what_is_no_story_is_told_with_the_next_command(course: CliCourse) -> None:
    """A string that cannot be read ends with 2 and says how one is written."""
    run = course.type("explore", "41", "ring~often")
    assert run.returncode == 2
    assert "is no fault" in run.stderr
    assert "halfway explore 41" in run.stderr


def test_the_commands_are_those_that_work_here(course: CliCourse) -> None:
    """Where `halfway` is not on the path, each command is one of course.py's."""
    course.spoil(course.first)
    (course.root / "course.py").write_text("", encoding="utf-8")
    shown = course.type("explore", "41", PATH="/nowhere").stdout
    assert "python3 course.py explore 41 " in shown
    assert "halfway explore" not in shown
