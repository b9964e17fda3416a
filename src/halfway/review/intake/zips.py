"""Zips as places: bounded in number, size and growth, whoever has made them and with which tool."""

from __future__ import annotations

import calendar
import os
import stat
import struct
import zipfile
from contextlib import ExitStack
from functools import partial
from io import BytesIO
from typing import IO

from halfway.review.intake.places import (
    ARCHIVE_BYTES_MAX,
    DEEP_MAX,
    LINK,
    File,
    Inside,
    Place,
    RefusedError,
    bounded,
    sort_entry,
    too_long,
)

RATIO_MAX = 200
"""Source text shrinks to a fifth; what shrinks to a two-hundredth is built to grow."""
LIST_BYTES_MAX = 32 * 1024 * 1024
"""Room for the names of a hundred thousand files, such as a whole `.venv`."""
UTF_8_FLAG = 0x800
UNICODE_NAME = 0x7075
ENCRYPTED = 0x1
TOO_MANY_NEXT = 'Ask for the page\'s "Download my work", or for the folder `exercises` alone.'
NOT_A_ZIP_NEXT = "Ask for it again."


def zip_at(file: File, keep: ExitStack) -> Place:
    """Gives a zip as a place. It is opened when it is looked into, and `keep` closes it."""
    name = file.name[:-4] if file.name.lower().endswith(".zip") else file.name
    return Place(name, lambda: _look(file, keep))


def _look(file: File, keep: ExitStack) -> Inside:
    source = keep.enter_context(file.stream()) if file.stream else BytesIO(file.read(ARCHIVE_BYTES_MAX))
    try:
        if _list_bytes(source) > LIST_BYTES_MAX:
            raise RefusedError(f"holds more files than are ever looked at. {TOO_MANY_NEXT}")
        archive = keep.enter_context(zipfile.ZipFile(source))
        return _Tree(archive).inside()
    except RefusedError:
        raise
    except Exception as error:  # whatever a library raises at bytes that somebody has made up
        raise RefusedError(f"is not a zip that can be read ({_why(error)}). {NOT_A_ZIP_NEXT}") from None


def _why(error: Exception) -> str:
    said = str(error).partition("\n")[0][:120]
    return said or type(error).__name__


class _Tree:
    """The list of a zip as folders in folders."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._told: list[tuple[str, str, str]] = []
        self._files: dict[tuple[str, ...], zipfile.ZipInfo] = {}

    def inside(self) -> Inside:
        """Gives the outermost folder."""
        for entry in self._archive.infolist():
            self._add(entry)
        root = Inside(told=self._told)
        folders: dict[tuple[str, ...], Inside] = {(): root}
        for parts, entry in self._files.items():
            inside = _folder(parts[:-1], folders)
            read = partial(self._read, entry)
            file = File(parts[-1], _when(entry), read, local=True)
            sort_entry(inside, parts[-1], lambda i=inside, f=file: i.files.append(f), is_folder=False)  # type: ignore[misc]
        return root

    def _add(self, entry: zipfile.ZipInfo) -> None:
        name = name_of(entry).replace("\\", "/")
        parts = tuple(part for part in name.split("/") if part not in ("", "."))
        if reason := _misplaced(name, parts):
            self._told.append((name, reason, ""))
        elif name.endswith("/") or stat.S_ISDIR(entry.external_attr >> 16):
            return
        elif stat.S_ISLNK(entry.external_attr >> 16):
            self._told.append((name, LINK, ""))
        else:
            if self._files.pop(parts, None) is not None:
                self._told.append((name, "stands in this zip more than once; the last one is looked at.", ""))
            self._files[parts] = entry

    def _read(self, entry: zipfile.ZipInfo, most: int) -> bytes:
        if entry.flag_bits & ENCRYPTED:
            raise RefusedError("is protected by a password. Ask for it again, without one.")
        if entry.file_size > most:
            raise RefusedError(too_long(most))
        if entry.file_size > 10_000 and entry.file_size > RATIO_MAX * max(entry.compress_size, 1):
            raise RefusedError("grows more than two-hundredfold when it is unpacked.")
        try:
            with self._archive.open(entry) as file:
                return bounded(file, most)
        except RefusedError:
            raise
        except Exception as error:  # a damaged stream raises what its library likes, LZMAError for one
            raise RefusedError(f"cannot be read ({_why(error)}). {NOT_A_ZIP_NEXT}") from None


def _folder(parts: tuple[str, ...], folders: dict[tuple[str, ...], Inside]) -> Inside:
    """Gives what a folder holds, and makes it with all folders above where it is new."""
    for depth in range(1, len(parts) + 1):
        path = parts[:depth]
        if path not in folders:
            folders[path] = inside = Inside()
            above = folders[path[:-1]]
            place = Place(path[-1], lambda inside=inside: inside)  # type: ignore[misc]
            sort_entry(above, path[-1], lambda a=above, p=place: a.folders.append(p), is_folder=True)  # type: ignore[misc]
    return folders[parts]


def _misplaced(name: str, parts: tuple[str, ...]) -> str:
    if not parts:
        return "is an entry without a name, and is not taken."
    if name.startswith("/") or name[1:2] == ":":
        return "is an absolute path, and is not taken."
    if ".." in parts:
        return "leads out of its folder, and is not taken."
    if len(parts) > DEEP_MAX:
        return f"lies more than {DEEP_MAX} folders deep, and is not taken."
    return "has a name that no file can have, and is not taken." if "\0" in name else ""


def name_of(entry: zipfile.ZipInfo) -> str:
    """Gives the name of an entry. Where no flag says that it is UTF-8, tools write that, or a code page."""
    name = entry.orig_filename
    if entry.flag_bits & UTF_8_FLAG:
        return name
    raw = name.encode("cp437", "replace")
    if own := _unicode_name(entry.extra):
        return own
    for encoding in ("utf-8", "cp850"):  # macOS and Linux; Windows in western Europe
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _unicode_name(extra: bytes) -> str:
    """Gives the name that Info-ZIP keeps in a field of its own beside one in a code page, or ""."""
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == UNICODE_NAME and length > 5:
            return extra[9 : 4 + length].decode("utf-8", "replace")
        extra = extra[4 + length :]
    return ""


def _when(entry: zipfile.ZipInfo) -> float:
    """Gives the time in an entry as seconds, like that of a file; a zip knows no zone, so this is about."""
    try:
        return float(calendar.timegm((*entry.date_time, 0, 0, 0)))
    except (ValueError, OverflowError):
        return 0.0


def _list_bytes(file: IO[bytes]) -> int:
    """Gives the size of a zip's list of files, which `zipfile` reads whole; 0 where there is none."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    end = tail.rfind(b"PK\5\6")
    length = int.from_bytes(tail[end + 12 : end + 16], "little") if 0 <= end <= len(tail) - 16 else 0
    locator = tail[max(0, end - 20) : end]
    if locator[:4] == b"PK\6\7" and len(locator) == 20:  # zip64: the size stands in a record of its own
        file.seek(min(int.from_bytes(locator[8:16], "little"), size))
        record = file.read(56)
        if record[:4] == b"PK\6\6" and len(record) >= 48:
            length = max(length % 0xFFFFFFFF, int.from_bytes(record[40:48], "little"))
        else:
            length = size
    file.seek(0)
    return min(length, size)
