"""A folder or a zip, seen alike: what is in it, and files that can be read once, within limits.

Nothing is unpacked, no link is followed, nothing that is no regular file is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import IO

from halfway.review.intake.model import FILE_BYTES_MAX
from halfway.review.intake.names import is_junk

ARCHIVE_BYTES_MAX = 64 * 1024 * 1024
FOLDER_ENTRIES_MAX = 20_000
"""How many entries of one folder are listed."""
DEEP_MAX = 40
"""How many folders may lie in each other."""
LINK = "is a link to another place, and is not followed."
NOT_REGULAR = "is no regular file, and is not opened."
CHANGED = "was changed while it was read, and is not taken."


class RefusedError(Exception):
    """A file that is not taken, and why."""


@dataclass(frozen=True)
class File:
    """One regular file. `read` gives at most so many bytes; it raises RefusedError, and nothing else."""

    name: str
    changed: float
    read: Callable[[int], bytes] = field(repr=False)
    stream: Callable[[], IO[bytes]] | None = field(default=None, repr=False)
    """Opens it for reading here and there, where it does not have to be in memory for that."""
    local: bool = False
    """Is `changed` told by a clock whose zone nobody knows, as in a zip?"""

    def content(self) -> bytes:
        """Gives all of it, if a person can have written it. Raises RefusedError."""
        return self.read(FILE_BYTES_MAX)

    def named(self, name: str) -> File:
        """The same file under another name."""
        return replace(self, name=name)


@dataclass
class Inside:
    """What a place holds. `told` has a line for each entry that is neither a file nor a folder."""

    folders: list[Place] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    """Folders that nobody works in: their names alone are noted."""


class Place:
    """A folder, or a zip; `inside` is looked up when it is first asked for, and then kept."""

    def __init__(self, name: str, look: Callable[[], Inside]) -> None:
        self.name, self._look = name, look

    @cached_property
    def inside(self) -> Inside:
        """What is in it, sorted by name. A place that cannot be looked into is one line."""
        try:
            inside = self._look()
        except RefusedError as error:
            return Inside(told=[("", str(error), "")])
        inside.folders.sort(key=lambda place: place.name)
        inside.files.sort(key=lambda file: file.name)
        return inside

    def forget(self) -> None:
        """Lets go of what was looked up."""
        self.__dict__.pop("inside", None)


class Bundle(Place):
    """Files that lie beside others, as a place of their own."""

    def __init__(self, name: str, files: list[File]) -> None:
        super().__init__(name, lambda: Inside(files=files))


def sort_entry(inside: Inside, name: str, add: Callable[[], None], *, is_folder: bool) -> None:
    """Adds what somebody may have worked on; what systems leave behind is noted, or dropped."""
    if not is_junk(name):
        add()
    elif is_folder:
        inside.hidden.append(name)


def bounded(file: IO[bytes], most: int) -> bytes:
    """Reads all of a file. Raises RefusedError where it is longer than `most` bytes."""
    data = file.read(most + 1)
    if len(data) > most:
        raise RefusedError(too_long(most))
    return data


def too_long(most: int) -> str:
    """Says that a file is too long."""
    return f"is longer than {most // 1024:,} KB."
