"""One unit before the laws: its files, its verdicts, and how a finding about it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from halfway.catalog import Mutant, UnitFiles, read_mutant
from halfway.grading.verdict import Suite, Verdict
from halfway.prove.report import Finding, Report
from halfway.prove.verdicts import Ask, Verdicts


@dataclass(frozen=True)
class Case:
    """What a law is given: `unit` to read, `verdicts` to ask for; `accept` rewrites transcripts."""

    unit: UnitFiles
    verdicts: Verdicts
    accept: bool = False
    report: Report = field(default_factory=Report)

    @property
    def right(self) -> list[Path]:
        """The reference and the other right answers."""
        return [self.unit.solution, *self.unit.also]

    @property
    def mutants(self) -> list[Mutant]:
        """The wrong ideas. Raises BadUnit for one that says no misconception."""
        return [read_mutant(path) for path in self.unit.mutants]

    def graded(self, paths: list[Path], suite: Suite = "hidden") -> list[tuple[Path, Verdict]]:
        """Gives each file with its verdict."""
        verdicts = self.verdicts.of(Ask(self.unit, path, suite) for path in paths)
        return list(zip(paths, verdicts, strict=True))

    def found(self, law: int, where: Path | str, what: str, next_step: str, line: int = 0) -> Finding:
        """Gives a finding; `where` is shown as a path below the course."""
        shown = self.unit.shown(where) if isinstance(where, Path) else where
        return Finding(self.unit.slug, law, f"{shown}:{line}" if line else shown, what, next_step)


Findings = Iterator[Finding]


def listed(names: object) -> str:
    """Gives names as a reader sees them: in order, in backticks, or "none"."""
    return ", ".join(f"`{name}`" for name in sorted(map(str, names))) or "none"  # type: ignore[call-overload]
