"""One unit before the laws: its files, its verdicts, and how a finding about it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from halfway.catalog import CatalogError, Mutant, UnitFiles, write_out
from halfway.catalog.turns import of_the_day
from halfway.grading.verdict import Suite, Verdict
from halfway.prove.report import Finding, Report
from halfway.prove.verdicts import Ask, Verdicts


@dataclass(frozen=True)
class Case:
    """What a law is given: `unit` to read, `verdicts` to ask for; `accept` rewrites transcripts.

    Wrong ideas are written out into `folder`. What takes long is done for every file if `every`, and
    otherwise for a few, which depend on the `day`.
    """

    unit: UnitFiles
    verdicts: Verdicts
    folder: Path
    accept: bool = False
    every: bool = True
    day: int = 0
    report: Report = field(default_factory=Report)

    @property
    def right(self) -> list[Path]:
        """The reference and the other right answers."""
        return [self.unit.solution, *self.unit.also]

    def of_the_day(self, count: int) -> list[Mutant]:
        """Gives a few wrong ideas, or every one: over the days each has its turn."""
        mutants = self.unit.mutants
        return mutants if self.every else of_the_day(mutants, count, self.day)

    def written(self, mutant: Mutant) -> Path:
        """Gives the whole program of a wrong idea, as a file. Raises BadUnit if its edit does not fit."""
        return write_out(self.unit, mutant, self.folder)

    def graded_mutants(
        self, suite: Suite = "hidden", some: list[Mutant] | None = None
    ) -> list[tuple[Mutant, Verdict]]:
        """Gives each wrong idea, or some, with its verdict. Raises BadUnit for one that is no program."""
        mutants = self.unit.mutants if some is None else some
        graded = self.graded([self.written(mutant) for mutant in mutants], suite)
        return [(mutant, verdict) for mutant, (_, verdict) in zip(mutants, graded, strict=True)]

    def graded(self, paths: list[Path], suite: Suite = "hidden") -> list[tuple[Path, Verdict]]:
        """Gives each file with its verdict."""
        verdicts = self.verdicts.of(Ask(self.unit, path, suite) for path in paths)
        return list(zip(paths, verdicts, strict=True))

    def found(self, law: int, where: Where, what: str, next_step: str, line: int = 0) -> Finding:
        """Gives a finding; `where` is shown as a path below the course, a wrong idea as its line there."""
        if isinstance(where, Mutant):
            return self.found(law, where.page, what, next_step, where.line)
        shown = self.unit.shown(where) if isinstance(where, Path) else where
        return Finding(self.unit.slug, law, f"{shown}:{line}" if line else shown, what, next_step)

    def unreadable(self, law: int, error: CatalogError) -> Finding:
        """Gives the finding that a file of the unit does not say what it has to."""
        where = error.where.replace(f"{self.unit.course}/", "").replace(", line ", ":") or self.unit.slug
        return self.found(law, where, error.what, error.next_step.removeprefix("Next: ").removesuffix("."))


Findings = Iterator[Finding]
Where = Path | str | Mutant


def listed(names: object) -> str:
    """Gives names as a reader sees them: in order, in backticks, or "none"."""
    return ", ".join(f"`{name}`" for name in sorted(map(str, names))) or "none"  # type: ignore[call-overload]
