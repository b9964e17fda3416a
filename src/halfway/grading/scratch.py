"""Folders for the time of one verdict, in the system's folder for temporary files."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "halfway-verdict-"
STALE_S = 3_600.0
"""No verdict takes an hour: whoever made an older folder was killed before it could remove it."""
_swept: list[bool] = []


@contextmanager
def scratch() -> Iterator[Path]:
    """Gives a new folder that is gone afterwards. The first time, those go that were left behind."""
    if not _swept:
        _swept.append(True)
        sweep()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        yield Path(folder)


def sweep(now: float | None = None) -> None:
    """Removes such folders that are older than an hour; what belongs to somebody else stays."""
    oldest = (time.time() if now is None else now) - STALE_S
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if folder.stat(follow_symlinks=False).st_mtime < oldest and not folder.is_symlink():
                shutil.rmtree(folder, ignore_errors=True)
