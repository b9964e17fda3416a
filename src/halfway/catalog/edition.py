"""A learners' edition: what is hidden lies in one file there, and no search shows it by chance.

This is out of sight, and no secret: whoever reads this file knows how to read that one. It is a zip with its
bytes in reverse order. Inside it is laid out as the course is, with what a verdict needs and no more.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path

NAME = "out_of_sight.bin"
EPOCH = (1980, 1, 1, 0, 0, 0)
_places: dict[Path, tuple[int, Path]] = {}


def is_edition(course: Path) -> bool:
    """Is this course a learners' edition?"""
    return (course / NAME).is_file()


def turned(data: bytes) -> bytes:
    """Gives the bytes in reverse order; what is turned twice is as it was."""
    return data[::-1]


def write(course: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Puts the files, each with its name below the course, out of sight in this folder."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into:
        for name, data in sorted(files):
            into.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    (course / NAME).write_bytes(turned(out.getvalue()))


def hidden(course: Path) -> Path:
    """Gives the folder below which suites and solutions lie: the course, or for an edition one of our own.

    That folder belongs to this process: nobody else can read it, and it is gone when the process ends.
    """
    archive = course / NAME
    try:
        changed = archive.stat().st_mtime_ns
    except OSError:
        return course
    known = _places.get(archive)
    if known is None or known[0] != changed or not known[1].is_dir():
        _places[archive] = known = (changed, _unpacked(archive))
    return known[1]


def _unpacked(archive: Path) -> Path:
    import atexit
    import tempfile
    import zipfile

    place = Path(tempfile.mkdtemp(prefix="halfway-")).resolve()
    atexit.register(_remove, place, os.getpid())
    with zipfile.ZipFile(io.BytesIO(turned(archive.read_bytes()))) as within:
        within.extractall(place)
    return place


def _remove(place: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child ends earlier, and others still need it
        import shutil

        shutil.rmtree(place, ignore_errors=True)
