"""A unit as it was committed: a stub that a learner has changed is replaced by a copy of its author's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from halfway.catalog import UnitFiles
from halfway.catalog.originals import original_stub


@dataclass(frozen=True)
class _WithCopy(UnitFiles):
    """The unit, with its stub somewhere else."""

    copy: Path

    @property
    def stub(self) -> Path:
        """The copy of the author's stub."""
        return self.copy


def as_committed(unit: UnitFiles, folder: Path) -> UnitFiles:
    """Gives the unit itself if its stub is its author's, or one whose stub is a copy in `folder`."""
    text = original_stub(unit)
    if text is None or (unit.stub.is_file() and unit.stub.read_text(encoding="utf-8") == text):
        return unit
    copy = folder / unit.slug / unit.file
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text, encoding="utf-8", newline="\n")
    return _WithCopy(unit.slug, unit.course, copy)
