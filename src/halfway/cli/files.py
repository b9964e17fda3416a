"""Where a learner's things are kept, and kept beside."""

from __future__ import annotations

import os
import shutil
from itertools import count
from pathlib import Path

from halfway.installing.place import own_folder


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
