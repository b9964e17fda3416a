"""A terminal that is gone ends the watcher: nobody is there, and nothing must go on for nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_course import SECONDS_MAX, CliCourse
from whole_machine import needs_sandboxes

pty = pytest.importorskip("pty", reason="a terminal of our own needs a Unix")


@pytest.mark.parametrize("plain", [False, True])
def test_a_terminal_that_is_gone_ends_the_watcher(tmp_path: Path, plain: bool) -> None:
    """Without a signal, as behind `setsid` or `docker exec`, the watcher sees that it is gone, and ends."""
    course = CliCourse(tmp_path / "course")
    ours, theirs = pty.openpty()
    words = [sys.executable, "-P", "-m", "halfway.cli", "watch", "41", *(["--plain"] if plain else [])]
    environment = course.environment(TERM="xterm-256color", COLUMNS="80", LINES="24")
    with subprocess.Popen(
        words,
        cwd=course.root,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as watcher:
        try:
            os.close(theirs)
            shown = b""
            while b"graded at" not in shown and b"promises kept" not in shown:
                shown += os.read(ours, 65_536)
            os.close(ours)
            assert watcher.wait(SECONDS_MAX) == 0
        finally:
            watcher.kill()


@pytest.mark.slow
def test_at_a_terminal_a_right_answer_says_what_a_review_will_not_take(tmp_path: Path) -> None:
    """What works here and not in a sandbox is told at home, with what a review sees; else nothing is said."""
    needs_sandboxes()
    course = CliCourse(tmp_path / "course")
    course.solve(course.first)
    assert "review" not in at_a_terminal(course, "grade", "41")
    stub = course.first.stub
    stub.write_text(stub.read_text() + f"\n\nimport os\n\nHERE = os.listdir({str(tmp_path)!r})\n")
    shown = at_a_terminal(course, "grade", "41")
    assert "promises are kept; stories checked" in shown
    assert "In a review your file has a sandbox, and there 0 of " in shown
    assert "runs while keys.py is imported: FileNotFoundError" in shown
    assert "grade 41 --confined` is a review's own verdict." in shown
    piped = course.type("grade", "41", "--json")
    assert "In a review" not in piped.stdout + piped.stderr + course.type("grade", "41").stderr
    reviewed = course.root / ".halfway" / "reviewed" / course.first.slug
    assert reviewed.is_file()
    reviewed.write_text(json.loads(piped.stdout)["sha256"])
    assert "In a review" not in at_a_terminal(course, "grade", "41")


def test_at_a_terminal_a_story_has_arrows(tmp_path: Path) -> None:
    """Where it is wide enough; a program that reads a pipe gets the words alone."""
    course = CliCourse(tmp_path / "course")
    course.spoil(course.first)
    shown = at_a_terminal(course, "grade", "41")
    assert "\u2500\u25b6" in shown
    assert "\u2500\u25b6" not in at_a_terminal(course, "grade", "41", columns=44)
    told = course.type("grade", "41").stdout
    assert "virtual t" in told
    assert "\u25b6" not in told


def at_a_terminal(course: CliCourse, *words: str, columns: int = 120) -> str:
    """Types `halfway WORDS` at a terminal of its own, and gives what it shows."""
    ours, theirs = pty.openpty()
    shown = b""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "halfway.cli", *words],
        cwd=course.root,
        env=course.environment(TERM="xterm-256color", COLUMNS=str(columns), LINES="50"),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        while True:
            try:
                read = os.read(ours, 65_536)
            except OSError:  # the other end is closed
                break
            if not read:
                break
            shown += read
    os.close(ours)
    return shown.decode()


@pytest.mark.parametrize("port", ["-1", "0", "65536", "eight"])
def test_a_port_that_is_none_is_an_error_of_the_argument(tmp_path: Path, port: str) -> None:
    """It ends with 2, and names the range."""
    run = CliCourse(tmp_path / "course").type("start", "--no-browser", "--port", port)
    assert run.returncode == 2
    assert "--port" in run.stderr


def test_a_course_that_cannot_be_written_keeps_its_notes_with_the_learner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress and pages of a read-only folder go to a folder of the learner's own, one for each course."""
    from halfway.cli import files
    from halfway.cli.building import site_folder

    course, other = tmp_path / "course", tmp_path / "other"
    course.mkdir()
    other.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert files.notes_folder(course) == course / ".halfway"
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).startswith(str(course)))
    own = files.notes_folder(course)
    assert own.is_relative_to(tmp_path / "state" / "halfway")
    assert own != files.notes_folder(other)
    assert site_folder(course) == own / "site"
    (course / ".site").mkdir()
    assert site_folder(course) == course / ".site"
