"""Watching without a screen, in a real terminal, and with the pages beside it."""

from __future__ import annotations

import os
import re
import socket
import struct
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from cli_course import SECONDS_MAX, CliCourse, end, read_until

COLOUR = re.compile(rb"\x1b\[[0-9;]*[34]8;")


@pytest.fixture
def course(tmp_path: Path) -> CliCourse:
    return CliCourse(tmp_path / "course")


def test_without_a_terminal_each_save_prints_a_verdict(course: CliCourse) -> None:
    """Where nobody can see a screen, verdicts come as plain lines, and Ctrl-C ends with 0."""
    with course.begin() as run:
        assert "is still to be written" in read_until(run, "0 of 2 promises kept")
        course.spoil(course.first)
        assert "the reply is lost" in read_until(run, "1 of 2 promises kept")
        course.first.stub.unlink()
        read_until(run, "keys.py is gone")
        course.solve(course.first)
        read_until(run, "All 2 promises are kept")
        assert end(run) == 0


def test_a_unit_can_be_named(course: CliCourse) -> None:
    """`halfway watch UNIT` watches that one, wherever you are."""
    with course.begin("watch", "42", "--plain") as run:
        assert "publish.py" in read_until(run, "0 of 2 promises kept")
        assert end(run) == 0


def site(course: CliCourse) -> None:
    """Pages that are built already."""
    (course.root / ".site").mkdir()
    (course.root / ".site" / "index.html").write_text("<h1>Pages</h1>")


def free_port() -> int:
    """A port that nobody has, with nobody on the next one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def address_of(said: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+/", said)
    assert found, said
    return found[0]


def test_start_serves_the_pages_beside_the_watcher(course: CliCourse) -> None:
    """The address is said, answers while the watcher runs, and is known to other terminals."""
    site(course)
    port = free_port()
    with course.begin("start", "--port", str(port)) as run:
        address = address_of(read_until(run, "The pages are at"))
        assert address == f"http://127.0.0.1:{port}/"
        with urllib.request.urlopen(address, timeout=SECONDS_MAX) as answer:
            assert answer.status == 200
        read_until(run, "0 of 2 promises kept")
        assert course.type("page", "41").stdout.startswith(address)
        assert end(run) == 0
    assert not (course.root / ".halfway" / "address").exists()


def test_a_port_that_is_taken_is_no_problem(course: CliCourse) -> None:
    """The next one that is free is taken, and said."""
    site(course)
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = int(server.getsockname()[1])
        with course.begin("start", "--port", str(taken)) as run:
            address = address_of(read_until(run, "The pages are at"))
            assert taken < int(address.rstrip("/").rpartition(":")[2]) < taken + 20
            read_until(run, "0 of 2 promises kept")
            assert end(run) == 0


def test_without_pages_the_watcher_works(course: CliCourse) -> None:
    """Pages that cannot be built are told; the verdicts come all the same."""
    (course.root / "mkdocs.yml").write_text("site_name: small\nhooks: [nowhere.py]\n")
    with course.begin("start") as run:
        said = read_until(run, "0 of 2 promises kept")
        assert "nowhere.py" in said
        assert "works without the pages" in said
        assert end(run) == 0


def test_the_site_is_built_and_what_is_wrong_is_named(course: CliCourse) -> None:
    """`halfway site` builds into a folder of one's choice, and ends with 3 where a page is wrong."""
    out = course.root / "elsewhere"
    (course.root / "mkdocs.yml").write_text("site_name: small\nhooks: [nowhere.py]\n")
    run = course.type("site", "--build", str(out))
    assert run.returncode == 3
    assert "nowhere.py" in run.stderr
    assert not out.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal of POSIX")
@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}])
def test_a_real_terminal_of_60_columns(course: CliCourse, variables: dict[str, str]) -> None:
    """The full-screen view shows the broken promise, and `q` ends it with 0; NO_COLOR is respected."""
    import fcntl
    import pty
    import termios

    course.spoil(course.first)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    environment = course.environment(TERM="xterm-256color", **variables)
    command = [sys.executable, "-P", "-m", "halfway.cli"]
    with subprocess.Popen(
        command,
        cwd=course.root,
        env=environment,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    ) as run:
        os.close(slave)
        shown = until_shown(master, run, b"Ask")
        os.write(master, b"q")
        shown += rest(master)
        assert run.wait(SECONDS_MAX) == 0
    os.close(master)
    assert bool(COLOUR.search(shown)) is not bool(variables)


def until_shown(terminal: int, run: subprocess.Popen[bytes], wanted: bytes) -> bytes:
    """Reads the terminal until the words are there."""
    import threading

    watchdog = threading.Timer(SECONDS_MAX, run.kill)
    watchdog.start()
    shown = b""
    while wanted not in shown:
        shown += os.read(terminal, 65536)
    watchdog.cancel()
    return shown


def rest(terminal: int) -> bytes:
    """Reads the terminal until nobody writes any more."""
    shown = b""
    try:
        while part := os.read(terminal, 65536):
            shown += part
    except OSError:  # how a pseudo-terminal says it
        pass
    return shown
