"""What a test needs of a machine. Where CI is set all of it must be there; elsewhere the test is skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Any, NoReturn

import pytest

from halfway.grading import ConfinementError, Grader
from halfway.links.sandbox import bubblewrap, syscalls

NO_POSTGRES = "HALFWAY_NO_POSTGRES"


def lacking(what: str) -> NoReturn:
    """Skips the test, with what is missing and what to install; fails it where CI is set."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}\nCI is set: here every test has to run.", pytrace=False)
    pytest.skip(what)


def needs_git() -> None:
    """Goes on where there is git."""
    if shutil.which("git") is None:
        lacking("git is not installed; next: `sudo apt-get install git`")


def needs_sandboxes() -> None:
    """Goes on where a submission can be confined."""
    try:
        bubblewrap.probe()
        syscalls.program()
    except ConfinementError as error:
        lacking(str(error))


def confined_grader(**settings: Any) -> Grader:
    """Gives a grader with sandboxes."""
    try:
        return Grader(confined=True, **settings)
    except ConfinementError as error:
        lacking(str(error))


def on_a_disk(*options: str) -> list[str]:
    """Gives the beginning of a command that sees other disks than this process does."""
    if sys.platform != "linux" or shutil.which("bwrap") is None:
        lacking(f"bubblewrap makes these disks, and it is not installed; next: {bubblewrap.INSTALL}")
    start = ["bwrap", "--bind", "/", "/", "--dev", "/dev", "--proc", "/proc", *options]
    tried = subprocess.run([*start, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        lacking(f"bubblewrap makes no disk here: {tried.stderr.strip()}; next: allow user namespaces")
    return start


def needs_postgres() -> None:
    """Goes on unless somebody has said that there is no PostgreSQL."""
    if os.environ.get(NO_POSTGRES) == "1":
        lacking(f"{NO_POSTGRES}=1; next: unset it, and `sudo apt-get install postgresql`")
