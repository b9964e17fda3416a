"""Makes .venv and lets pip fill it: whatever stops it, the next start sees that and repairs it."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from halfway.files import lock
from halfway.installing import explained
from halfway.installing.place import DESCRIBED, Place

TOLD = ("README.md", "LICENSE", "LICENSE-docs")
MOVING = (b"Collecting ", b"Installing ", b"Building ")


def prepare(place: Place, extras: Sequence[str], again: str) -> None:
    """Makes .venv whole; the stamp is written last, so that an interrupted install is seen and done again.

    `again` is what the user typed. Raises Stop where it cannot be made.
    """
    try:
        with _only_one(place):
            if not place.is_ready(extras):  # another start may have finished it while this one waited
                _install(place, sorted({*extras, *place.extras()}), again)
    except PermissionError as error:
        raise explained.not_writable(error, place, again) from None
    except OSError as error:
        raise explained.no_room(error, again) from None


def say(text: str) -> None:
    """Says it to the user, at once."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _install(place: Place, extras: list[str], again: str) -> None:
    _make_venv(place, again)
    place.stamp.unlink(missing_ok=True)
    if place.is_away:
        say(f"This folder cannot be written. What the course makes is kept in {place.notes}.")
        _copy_code(place)
    say("Installing the course into .venv: the first time takes a minute or two.")
    command = [place.python, "-P", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    what = f".[{','.join(extras)}]" if extras else "."
    command += ["--editable", what, "--constraint", "constraints.txt"]
    if _run_logged(place, [str(word) for word in command]) != 0:
        raise explained.pip_failed(place, again)
    place.finish(extras)
    say("Installed.")


def _copy_code(place: Place) -> None:
    shutil.rmtree(place.source, ignore_errors=True)
    for name in [*map(Path, DESCRIBED + TOLD), *place.code()]:
        if (place.root / name).exists():
            copied = place.source / name
            copied.parent.mkdir(parents=True, exist_ok=True)
            # The bytes alone: a copied mode would make the copy read-only, too.
            shutil.copyfile(place.root / name, copied)


def _make_venv(place: Place, again: str) -> None:
    """Makes .venv; makes it anew where our last install was interrupted or its Python is another one."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise explained.no_venv(missing, again)
    interrupted = place.unfinished.exists()
    if place.stamp.exists() and not interrupted and _same_python(place):
        return
    # A .venv that was not made here is never emptied: it may hold somebody's work.
    ours = interrupted or place.stamp.exists() or not place.venv.exists()
    if ours:
        place.unfinished.write_text(
            "An install is under way, or was interrupted. The next start repairs it.\n"
        )
    if ours and place.venv.exists():
        say("The last install did not finish, or its Python has changed: .venv is made anew.")
    python = getattr(sys, "_base_executable", None) or sys.executable
    command = [python, "-P", "-m", "venv", str(place.venv), *(["--clear"] if ours else [])]
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if made.returncode != 0:
        raise explained.venv_failed(made.stdout.decode("utf-8", "replace").strip(), place, again)


def _same_python(place: Place) -> bool:
    """Was .venv made for the Python that runs now? No other can use its packages."""
    if not place.python.exists():
        return False
    try:
        lines = (place.venv / "pyvenv.cfg").read_text().splitlines()
    except OSError:
        return False
    pairs = dict(line.split("=", 1) for line in lines if "=" in line)
    made_for = next((value.strip() for key, value in pairs.items() if key.strip() == "version"), "")
    return made_for.split(".")[:2] == [str(part) for part in sys.version_info[:2]]


def _dollars_in(path: str) -> dict[str, str]:
    """Gives each `$name` of a path a variable that means itself: setuptools replaces it in paths."""
    return {name: "$" + name for name in re.findall(r"\$([A-Za-z_]\w*)", path)}


def _run_logged(place: Place, command: list[str]) -> int:
    """Runs the command with its whole output in the log, and on a terminal one moving line of it."""
    moving = sys.stderr.isatty() and "CI" not in os.environ
    with place.log.open("wb") as log:
        env = {**_dollars_in(str(place.source)), **os.environ}
        run = subprocess.Popen(
            command, cwd=place.source, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert run.stdout is not None
        for line in run.stdout:
            log.write(line)
            log.flush()
            if moving and line.startswith(MOVING):
                sys.stderr.write("\r  {:<70.70}".format(line.decode("utf-8", "replace").strip()))
                sys.stderr.flush()
        if moving:
            sys.stderr.write("\r" + " " * 74 + "\r")
        return run.wait()


@contextmanager
def _only_one(place: Place) -> Iterator[None]:
    """While one start installs, another one waits for it: two of them at once would spoil the folder."""
    place.notes.mkdir(parents=True, exist_ok=True)
    with (place.notes / "install.lock").open("a") as file:
        if not lock(file, wait=False):
            say("Another start is installing the course; this one waits for it.")
            lock(file, wait=True)
        yield
