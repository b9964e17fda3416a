"""Files that are whole or not there at all, and locks that nobody can leave behind."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def write_whole(path: Path, text: str, *, lasting: bool = True, errors: str = "strict") -> None:
    """Leaves the old text or the new one, never a part. Raises OSError where it cannot be written.

    A `lasting` file survives the machine's fall, too; what can be made again need not be, and is written
    sooner. `errors` says what becomes of characters that UTF-8 does not have.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new-{os.getpid()}")
    try:
        with new.open("w", encoding="utf-8", newline="\n", errors=errors) as file:
            file.write(text)
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
