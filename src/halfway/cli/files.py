"""Where a learner's things are kept, and kept beside."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path


def notes_folder(course: Path) -> Path:
    """Gives the folder where Halfway keeps what it remembers of this learner; git does not see it."""
    return course / ".halfway"


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
