"""Writing files that are whole or not there at all, and saying so where they cannot be written."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path


class NotWrittenError(Exception):
    """A file of the report cannot be written: what, where, next."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.what = "The report cannot be written. Verdicts that stand in the queue are not lost."
        self.where = f"{path}: {error.strerror or error}"
        self.next_step = (
            "Next: make room, or name another folder with `--out`; then type the same command again."
        )
        super().__init__(f"{self.what}\n{self.where}\n{self.next_step}")


def write_whole(path: Path, text: str) -> None:
    """Leaves the old text or the new one, never a part. Raises NotWrittenError."""
    write_bytes(path, text.encode("utf-8", "replace"))


def write_bytes(path: Path, data: bytes) -> None:
    """The same for bytes."""
    new = path.with_name(f"{path.name}.new-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            new.write_bytes(data)
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
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
    write_whole(probe, "")
    try:
        probe.unlink()
    except OSError as error:
        raise NotWrittenError(probe, error) from error
