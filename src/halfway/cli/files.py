"""Writing files that are whole or not there at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path


def notes_folder(course: Path) -> Path:
    """Gives the folder where Halfway keeps what it remembers of this learner; git does not see it.

    Where the course's folder cannot be written, it is one of the learner's own.
    """
    here = course / ".halfway"
    return here if can_be_written(here) else own_folder(course)


def can_be_written(folder: Path) -> bool:
    """Can this user write into the folder, or make it?"""
    there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    return os.access(there, os.W_OK | os.X_OK)


def own_folder(course: Path) -> Path:
    """Gives the folder of this user for a course that they cannot write to."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    name = hashlib.sha256(str(course.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return base / "halfway" / f"{course.name}-{name}"


def write_whole(path: Path, text: str) -> None:
    """Leaves the old text or the new one, never a part. Raises OSError where the folder cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new-{os.getpid()}")
    try:
        with new.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def keep_beside(path: Path, label: str) -> Path:
    """Copies `path` to `<name>.<label>-1`, or the first number that is free: no kept file is ever lost."""
    for number in count(1):
        kept = path.with_name(f"{path.name}.{label}-{number}")
        try:
            # An exclusive creation claims the name, also against another process that keeps at the same time.
            kept.open("x").close()
        except FileExistsError:
            continue
        shutil.copy2(path, kept)
        return kept
    raise AssertionError("count() has no end")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock file while the block runs; a process that dies gives it back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            yield
            return
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)
        yield
