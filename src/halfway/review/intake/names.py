"""Whose file is it? Each place that collects submissions has its own way of naming them."""

from __future__ import annotations

import re
from dataclasses import dataclass

# `Jane Doe_123456_assignsubmission_file_`: Moodle's folder, or the beginning of a file's name.
MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?\Z", re.DOTALL
)
# `doejane_LATE_1234_56789_export-1.py`: Canvas; the numbers are the learner and the submission.
CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<submission>\d+)_(?P<file>.+)\Z", re.DOTALL | re.IGNORECASE
)
AGAIN = re.compile(r"-\d+(?=\.[^.]+\Z)")
"""What Canvas puts before the suffix of a file that was handed in again."""
ARCHIVES = (".zip",)


@dataclass(frozen=True)
class Named:
    """What the name of a file or folder tells: the learner, the file's own name, and which one is newer."""

    learner: str
    file: str = ""
    order: int = 0
    late: bool = False


def read_name(name: str) -> Named:
    """Reads the name of one entry, as Moodle, Canvas, or a person has given it."""
    if match := MOODLE.match(name):
        return Named(match["name"], match["file"] or "")
    if match := CANVAS.match(name):
        return Named(
            f"{match['name']} ({match['id']})",
            AGAIN.sub("", match["file"]),
            int(match["submission"]),
            match["late"] is not None,
        )
    stem, dot, suffix = name.rpartition(".")
    return Named(stem if dot and f".{suffix.lower()}" in ARCHIVES else name, name)


def is_archive(name: str) -> bool:
    """True for the one kind of archive that is read."""
    return name.lower().endswith(ARCHIVES)
