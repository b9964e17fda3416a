"""Files that are whole or not there at all, and locks that nobody can leave behind."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def write_whole(path: Path, content: str | bytes, *, lasting: bool = True) -> None:
    """Leaves the old content or the new one, never a part. Raises OSError where it cannot be written.

    A `lasting` file survives the machine's fall, too; what can be made again need not be, and is written
    sooner. Text is UTF-8, its lines as they are.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new-{os.getpid()}")
    try:
        with new.open("wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def lock(file: IO[str], *, wait: bool) -> bool:
    """Locks an open file until it is closed or its process ends; False if another keeps it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        if wait:
            raise
        return False
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock file while the block runs; a process that dies gives it back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        lock(file, wait=True)
        yield
