"""Folders on a disk, by descriptors: each step goes into the folder that was seen, and through no link.

What changes meanwhile is noticed: a file is read if it is still the one that was listed, and read once.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from halfway.review.intake.names import is_junk
from halfway.review.intake.places import (
    CHANGED,
    DEEP_MAX,
    FOLDER_ENTRIES_MAX,
    LINK,
    NOT_REGULAR,
    File,
    Inside,
    Place,
    RefusedError,
    bounded,
    sort_entry,
)

BY_DESCRIPTOR = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
"""Elsewhere (Windows) names are joined to paths; there is no confined review there either."""
NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
FOLDER = getattr(os, "O_DIRECTORY", 0) | NO_LINK
TOO_DEEP = f"lies more than {DEEP_MAX} folders deep, and is not looked at."
READS_MAX = 3
"""How often a file is read that somebody writes just then."""
Seen = tuple[int, int]
"""Which file it is: device and number."""


@dataclass(frozen=True)
class _Step:
    """A folder below the root: how to get there, and which ones were seen on the way."""

    root: Path
    names: tuple[str, ...] = ()
    seen: tuple[Seen, ...] = field(default=(), repr=False)

    def into(self, name: str, seen: Seen) -> _Step:
        return _Step(self.root, (*self.names, name), (*self.seen, seen))

    @contextmanager
    def opened(self) -> Iterator[int | Path]:
        """Gives a descriptor of the folder (or its path, where there are none). Raises RefusedError."""
        if not BY_DESCRIPTOR:
            yield self.root.joinpath(*self.names)
            return
        with told():
            here = os.open(self.root, os.O_RDONLY | FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
        try:
            for name, seen in zip(self.names, self.seen, strict=True):
                with told():
                    below = os.open(name, os.O_RDONLY | FOLDER, dir_fd=here)
                os.close(here)
                here = below
                if _which(os.fstat(here)) != seen:
                    raise RefusedError(CHANGED)
            yield here
        finally:
            os.close(here)


@contextmanager
def told() -> Iterator[None]:
    """Turns what the system refuses into RefusedError."""
    try:
        yield
    except OSError as error:
        raise RefusedError(f"cannot be read ({error.strerror or error}).") from None
    except ValueError as error:  # a name with a NUL in it
        raise RefusedError(f"cannot be read ({error}).") from None


def _which(state: os.stat_result) -> Seen:
    return (state.st_dev, state.st_ino)


def folder_at(path: Path) -> Place:
    """Gives the folder at a path, which itself may be a link: somebody has named it."""
    return _place(path.resolve().name or str(path), _Step(path))


def file_at(path: Path) -> File:
    """Gives the file at a path that somebody has named."""
    state = path.stat()
    step = _Step(path.resolve().parent)
    return _file(path.resolve().name, step, state)


def _place(name: str, step: _Step) -> Place:
    return Place(name, lambda: _look(step))


def _look(step: _Step) -> Inside:
    inside = Inside()
    with step.opened() as here, told(), os.scandir(here) as entries:
        for count, entry in enumerate(entries):
            if count >= FOLDER_ENTRIES_MAX:
                inside.told.append(
                    ("", f"holds more than {FOLDER_ENTRIES_MAX:,} entries; the rest is not looked at.", "")
                )
                break
            _sort(entry, step, inside)
    return inside


def _sort(entry: os.DirEntry[str], step: _Step, inside: Inside) -> None:
    name = entry.name
    try:
        state = entry.stat(follow_symlinks=False)
        if os.name == "nt":
            state = os.lstat(entry.path)  # a listing has no numbers there
    except OSError as error:
        inside.told.append((name, f"cannot be read ({error.strerror}).", ""))
        return
    if stat.S_ISDIR(state.st_mode):
        if len(step.names) >= DEEP_MAX:
            inside.told.append((name, TOO_DEEP, ""))
            return
        place = _place(name, step.into(name, _which(state)))
        sort_entry(inside, name, lambda: inside.folders.append(place), is_folder=True)
    elif stat.S_ISREG(state.st_mode):
        sort_entry(inside, name, lambda: inside.files.append(_file(name, step, state)), is_folder=False)
    elif not is_junk(name):
        what = LINK if stat.S_ISLNK(state.st_mode) else NOT_REGULAR
        inside.told.append((name, what, ""))


def _file(name: str, step: _Step, state: os.stat_result) -> File:
    seen = _which(state)
    return File(
        name,
        state.st_mtime,
        lambda most: _read(name, step, seen, most),
        lambda: _opened(name, step, seen),
    )


def _opened(name: str, step: _Step, seen: Seen) -> IO[bytes]:
    with step.opened() as here, told():
        if isinstance(here, int):
            file = os.fdopen(os.open(name, os.O_RDONLY | NO_LINK, dir_fd=here), "rb")
        else:
            file = os.fdopen(os.open(here / name, os.O_RDONLY | NO_LINK), "rb")
    state = os.fstat(file.fileno())
    if not stat.S_ISREG(state.st_mode):
        file.close()
        raise RefusedError(NOT_REGULAR)
    if _which(state) != seen:
        file.close()
        raise RefusedError(CHANGED)
    return file


def _read(name: str, step: _Step, seen: Seen, most: int) -> bytes:
    """Reads a file that nobody writes meanwhile; if an editor saves just then, it is read again."""
    for _ in range(READS_MAX):
        with _opened(name, step, seen) as file, told():
            before = os.fstat(file.fileno())
            data = bounded(file, most)
            after = os.fstat(file.fileno())
        if _same(before, after, len(data)):
            return data
    raise RefusedError(CHANGED)


def _same(before: os.stat_result, after: os.stat_result, length: int) -> bool:
    return before.st_mtime_ns == after.st_mtime_ns and before.st_size == after.st_size == length
