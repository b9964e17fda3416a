"""The files of a report, whole or not there at all, and how it is told that they cannot be written."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from halfway import files
from halfway.errors import HalfwayError


class NotWrittenError(HalfwayError):
    """A file of the report cannot be written."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            "The report cannot be written. Verdicts that stand in the queue are not lost.",
            f"{path}: {error.strerror or error}",
            "Next: make room, or name another folder with `--out`; then type the same command again.",
        )


def write(path: Path, text: str) -> None:
    """Leaves the old text or the new one, never a part. Raises NotWrittenError."""
    try:
        files.write_whole(path, text, lasting=False, errors="replace")
    except OSError as error:
        raise NotWrittenError(path, error) from error


def remove_others(folder: Path, pattern: str, kept: Collection[str]) -> None:
    """Removes files of earlier runs that nothing leads to any more. Raises NotWrittenError."""
    for path in folder.glob(pattern):
        if path.name not in kept:
            try:
                path.unlink()
            except OSError as error:
                raise NotWrittenError(path, error) from error


def writable(folder: Path) -> None:
    """Finds out at the beginning what would be found out at the end. Raises NotWrittenError."""
    probe = folder / ".halfway-writes-here"
    write(probe, "")
    try:
        probe.unlink()
    except OSError as error:
        raise NotWrittenError(probe, error) from error
