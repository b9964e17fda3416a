"""A newer version of the course comes in, and what a learner wrote stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from halfway.catalog import UnitFiles
from halfway.cli.files import keep_beside
from halfway.files import write_whole


@dataclass(frozen=True)
class Updated:
    """What an update has done: `added` units, and stubs that are newer than what the learner began with.

    Of each such stub: the learner's file, and the file beside it that holds the new stub.
    """

    added: tuple[str, ...] = ()
    newer_stubs: tuple[tuple[Path, Path], ...] = ()
    anything: bool = True


@dataclass(frozen=True)
class Work:
    """A learner's own text in the place of a stub, with a copy of it beside until the update is through."""

    unit: UnitFiles
    text: bytes
    copy: Path

    @classmethod
    def in_(cls, unit: UnitFiles) -> Work:
        """Takes the text up, and keeps a copy beside: nothing is lost, wherever an update stops."""
        return cls(unit, unit.stub.read_bytes(), keep_beside(unit.stub, "before-update"))

    def put_back(self, newer: bytes | None) -> Path | None:
        """Puts the text back in its place. Gives the file beside it that now holds the `newer` stub."""
        stub, beside = self.unit.stub, None
        if newer is not None and newer != self.text:
            write_whole(stub, newer)
            beside = keep_beside(stub, "new-stub")
        write_whole(stub, self.text)
        self.copy.unlink()
        return beside
