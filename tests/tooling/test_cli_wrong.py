"""`halfway wrong`: a wrong idea as a whole program, and back again."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_course import CliCourse


@pytest.fixture
def course(tmp_path: Path) -> CliCourse:
    """A course of two units, with two wrong ideas each."""
    return CliCourse(tmp_path / "course")


def test_the_wrong_ideas_are_listed(course: CliCourse) -> None:
    """Each has its name and its words, and below stands where they are and how to see one."""
    run = course.type("wrong", "41")
    assert run.returncode == 0
    assert [line.split()[0] for line in run.stdout.splitlines()] == [
        "key_per_attempt",
        "one_key_for_everything",
    ]
    assert "so each attempt has a key of its own." in run.stdout
    assert "solutions/ex41_dedup_key/wrong_ideas.md" in run.stderr
    assert "`halfway wrong 41 NAME`" in run.stderr


def test_a_wrong_idea_is_written_out(course: CliCourse) -> None:
    """The whole program goes to the output, and nothing else: a shell can keep it."""
    run = course.type("wrong", "41", "one_key_for_everything")
    reference = course.first.solution.read_text(encoding="utf-8")
    assert run.returncode == 0
    assert run.stdout.startswith('"""The key says what kind of call it is')
    assert run.stdout.partition('"""\n\n')[2] == reference.partition('"""\n\n')[2].replace(
        'f"incident/{incident}"', '"incident"'
    )
    assert run.stderr == ""


def test_what_it_changes_is_shown(course: CliCourse) -> None:
    """With --diff, the lines that differ from the reference, with their numbers."""
    run = course.type("wrong", "41", "one_key_for_everything", "--diff")
    assert "--- a/solutions/ex41_dedup_key/keys.py\n+++ b/one_key_for_everything.py\n@@ " in run.stdout
    assert '-    key = f"incident/{incident}"\n+    key = "incident"\n' in run.stdout


def test_an_unknown_name_is_guessed(course: CliCourse) -> None:
    """It says what is near, and what shows every name."""
    run = course.type("wrong", "41", "key_per_atempt")
    assert run.returncode == 2
    assert "Near to it: key_per_attempt" in run.stderr
    assert "Next: `halfway wrong 41` shows every one." in run.stderr


def test_a_whole_program_is_taken_up(course: CliCourse, tmp_path: Path) -> None:
    """Its edit is made anew in the page, what changes there is shown, and it comes out as it went in."""
    name, file = "one_key_for_everything", tmp_path / "mine.py"
    file.write_text(
        course.type("wrong", "41", name).stdout.replace('"incident"', '"alert"'), encoding="utf-8"
    )
    run = course.type("wrong", "41", name, "--take", str(file))
    assert run.returncode == 0
    assert '-+    key = "incident"\n++    key = "alert"\n' in run.stdout
    assert course.type("wrong", "41", name).stdout == file.read_text(encoding="utf-8")
    assert "says so already" in course.type("wrong", "41", name, "--take", str(file)).stdout


def test_a_reference_that_moved_on_is_told_and_mended(course: CliCourse, tmp_path: Path) -> None:
    """Where the reference has changed, it says which lines are gone; a whole program mends the edit."""
    solution, file = course.first.solution, tmp_path / "mine.py"
    changed = solution.read_text(encoding="utf-8").replace('f"incident/', 'f"alert/')
    solution.write_text(changed, encoding="utf-8")
    run = course.type("wrong", "41", "one_key_for_everything")
    assert run.returncode == 3
    assert "The edit of `one_key_for_everything` no longer fits the reference." in run.stderr
    file.write_text(changed.replace('f"alert/{incident}"', '"alert"'), encoding="utf-8")
    assert course.type("wrong", "41", "one_key_for_everything", "--take", str(file)).returncode == 0
    assert 'key = "alert"' in course.type("wrong", "41", "one_key_for_everything").stdout


def test_what_cannot_be_taken_up_changes_nothing(course: CliCourse, tmp_path: Path) -> None:
    """A name that is none, the reference itself and what is no text are refused, and the page stays."""
    before = course.first.wrong_ideas.read_text(encoding="utf-8")
    binary = tmp_path / "binary.py"
    binary.write_bytes(b"\xff\xfe")
    for name, file, said in (
        ("Key per attempt", course.first.solution, "is no name of a wrong idea"),
        ("key_per_attempt", course.first.solution, "This program is the reference."),
        ("key_per_attempt", binary, "cannot be read as UTF-8 text"),
        ("key_per_attempt", tmp_path / "gone.py", "does not exist"),
    ):
        run = course.type("wrong", "41", name, "--take", str(file))
        assert run.returncode == 2
        assert said in run.stderr
    assert course.first.wrong_ideas.read_text(encoding="utf-8") == before
