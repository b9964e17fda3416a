"""A folder or a zip as a bounded list of files that can be read; nothing is unpacked, nothing is followed."""

from __future__ import annotations

import calendar
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO

from halfway.review.intake.model import ENTRIES_MAX, FILE_BYTES_MAX

RATIO_MAX = 200
"""Source text shrinks to a fifth; what shrinks to a two-hundredth is built to grow."""
ARCHIVE_BYTES_MAX = 64 * 1024 * 1024
LIST_BYTES_MAX = 2 * 1024 * 1024
"""Room for the names of ten thousand files."""
SKIPPED = {"__pycache__", "__MACOSX", "node_modules", "site-packages", "venv", "solutions", "tests"}
"""Folders that hold no learner's work; a folder whose name begins with a dot is another."""
UNREADABLE = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    NotImplementedError,
    EOFError,
    ValueError,
)
"""Every way in which a file or an archive of somebody else's making fails to be read."""

Tell = Callable[[str, str, str], None]


class RefusedError(Exception):
    """A file that is not taken, and why."""


@dataclass(frozen=True)
class Found:
    """One regular file: where it is, relative to its learner's folder, and how to read it."""

    parts: tuple[str, ...]
    read: Callable[[], bytes] = field(repr=False)
    changed: float = 0.0

    @property
    def shown(self) -> str:
        """The path, with slashes."""
        return "/".join(self.parts)


def skipped(parts: tuple[str, ...]) -> bool:
    """True for what lies in a folder that holds no learner's work, and for hidden files."""
    return any(p in SKIPPED for p in parts[:-1]) or any(p.startswith(".") for p in parts)


# ---- folders


def in_folder(folder: Path, tell: Tell) -> Iterator[Found]:
    """Gives the regular files below a folder; links, pipes and devices are told, not followed."""
    count = 0
    for where, folders, files in os.walk(folder, onerror=lambda e: _unread(e, folder, tell)):
        here = Path(where).relative_to(folder).parts
        folders[:] = sorted(f for f in folders if not skipped((*here, f, "")) and not f.startswith("."))
        for name in [f for f in folders if Path(where, f).is_symlink()]:
            tell("/".join((*here, name)), "is a link to another place, and is not followed.", "")
        for name in sorted(files):
            count += 1
            if count > ENTRIES_MAX:
                tell("", f"holds more than {ENTRIES_MAX:,} files; the rest is not looked at.", TOO_MANY_NEXT)
                return
            if not skipped((*here, name)):
                path = Path(where, name)
                yield Found((*here, name), lambda path=path: read_regular(path), _changed(path))  # type: ignore[misc]


TOO_MANY_NEXT = 'Ask for the page\'s "Download my work", or for the folder `exercises` alone.'


def _unread(error: OSError, folder: Path, tell: Tell) -> None:
    where = os.path.relpath(error.filename or folder, folder)
    tell("" if where == "." else where, f"cannot be read ({error.strerror}).", "")


def _changed(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def read_regular(path: Path, most: int = FILE_BYTES_MAX) -> bytes:
    """Reads a regular file, never through a link, never from a pipe. Raises RefusedError or OSError."""
    if stat.S_ISLNK(path.lstat().st_mode):
        raise RefusedError("is a link to another place, and is not followed.")
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, os.O_RDONLY | flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise RefusedError("is no regular file.")
        return _bounded(file, most)


def _bounded(file: IO[bytes], most: int) -> bytes:
    data = file.read(most + 1)
    if len(data) > most:
        raise RefusedError(f"is longer than {most // 1024:,} KB.")
    return data


# ---- zips


def in_archive(archive: zipfile.ZipFile, tell: Tell, entries_max: int = ENTRIES_MAX) -> Iterator[Found]:
    """Gives the regular files of a zip; what would leave the folder is told and left alone."""
    entries = archive.infolist()
    if len(entries) > entries_max:
        tell("", f"holds {len(entries):,} files; the first {entries_max:,} are looked at.", TOO_MANY_NEXT)
    for entry in entries[:entries_max]:
        if entry.is_dir():
            continue
        parts = tuple(p for p in entry.filename.replace("\\", "/").split("/") if p not in ("", "."))
        if reason := _misplaced(entry.filename, parts):
            tell(entry.filename, reason, "")
        elif not skipped(parts):
            yield Found(parts, lambda entry=entry: read_entry(archive, entry), _when(entry))  # type: ignore[misc]


def _misplaced(name: str, parts: tuple[str, ...]) -> str:
    path = name.replace("\\", "/")
    if path.startswith("/") or path[1:2] == ":":
        return "is an absolute path, and is not taken."
    return "leads out of its folder, and is not taken." if ".." in parts else ""


def _when(entry: zipfile.ZipInfo) -> float:
    """Gives the time in an entry as seconds, like that of a file; a zip knows no zone, so this is about."""
    try:
        return float(calendar.timegm((*entry.date_time, 0, 0, 0)))
    except ValueError:
        return 0.0


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int = FILE_BYTES_MAX) -> bytes:
    """Reads one file of a zip, `most` bytes at most. Raises RefusedError or one of UNREADABLE."""
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise RefusedError("is a link to another place, and is not followed.")
    if entry.file_size > most:
        raise RefusedError(f"is longer than {most // 1024:,} KB.")
    if entry.file_size > 10_000 and entry.file_size > RATIO_MAX * max(entry.compress_size, 1):
        raise RefusedError("grows more than two-hundredfold when it is unpacked.")
    with archive.open(entry) as file:
        return _bounded(file, most)


def opened(source: Path | bytes, list_bytes_max: int = LIST_BYTES_MAX) -> zipfile.ZipFile:
    """Opens a zip. Raises RefusedError if it is none, or if its list of files alone would fill the memory."""
    try:
        with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            if _list_bytes(file) > list_bytes_max:
                raise RefusedError(f"holds more files than are ever looked at. {TOO_MANY_NEXT}")
        return zipfile.ZipFile(BytesIO(source) if isinstance(source, bytes) else source)
    except UNREADABLE as error:
        raise RefusedError(f"is not a zip that can be read ({error}).") from None


def _list_bytes(file: IO[bytes]) -> int:
    """Gives the size of a zip's list of files, which `zipfile` reads whole; 0 where there is none."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    file.seek(0)
    end = tail.rfind(b"PK\5\6")
    if end < 0 or len(tail) < end + 16:
        return 0
    if tail[max(0, end - 20) :][:4] == b"PK\6\7":  # a list whose size stands elsewhere may have any size
        return size
    return int.from_bytes(tail[end + 12 : end + 16], "little")
