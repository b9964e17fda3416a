"""The files of a report, whole or not there at all, and how it is told that they cannot be written."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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


def write(path: Path, content: str | bytes) -> None:
    """Leaves the old content or the new one, never a part. Raises NotWrittenError."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    try:
        files.write_whole(path, data, lasting=False)
    except OSError as error:
        raise NotWrittenError(path, error) from error


def remove_left(own: Iterable[Path], kept: Collection[Path]) -> None:
    """Removes, in files and folders of ours, what an earlier run has left. Raises NotWrittenError."""
    for top in own:
        for path in [*sorted(top.rglob("*"), reverse=True), top] if top.is_dir() else [top]:
            try:
                if path.is_dir():
                    if not any(path.iterdir()):
                        path.rmdir()
                elif path not in kept:
                    path.unlink(missing_ok=True)
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
