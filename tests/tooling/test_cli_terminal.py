"""A terminal that is gone ends the watcher: nobody is there, and nothing must go on for nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_course import SECONDS_MAX, CliCourse

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
