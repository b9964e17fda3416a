"""The kill matrix: which mutant breaks which promise, and whether the public examples already catch it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from halfway.grading.verdict import Verdict

MARKS = {"kept": ".", "broken": "x"}
OTHER = "!"


@dataclass(frozen=True)
class Matrix:
    """`rows` has, for each mutant, the status of each promise, in the order of `promises`.

    `seen` names the mutants that the public examples catch as well.
    """

    unit: str
    promises: tuple[str, ...]
    rows: dict[str, tuple[str, ...]]
    seen: frozenset[str]

    def killers(self, mutant: str) -> frozenset[str]:
        """Gives the promises that this mutant breaks."""
        statuses = zip(self.promises, self.rows[mutant], strict=True)
        return frozenset(promise for promise, status in statuses if status == "broken")

    def __str__(self) -> str:
        width = max([len("caught by each"), *map(len, self.rows)])
        heads = [f"{number:>2}" for number in range(1, len(self.promises) + 1)]
        lines = [self.unit, *(f"  {number:>2}  {name}" for number, name in enumerate(self.promises, 1))]
        lines += ["  ex  the public examples", "", f"  {'':{width}}  {' '.join(heads)}  ex"]
        for name, statuses in self.rows.items():
            marks = " ".join(f" {MARKS.get(status, OTHER)}" for status in statuses)
            lines.append(f"  {name:{width}}  {marks}   {'x' if name in self.seen else '.'}")
        return "\n".join([*lines, "", f"  {self._sums(width)}", "  x broken   . kept   ! something else"])

    def _sums(self, width: int) -> str:
        columns = list(zip(*self.rows.values(), strict=True)) or [() for _ in self.promises]
        sums = [f"{sum(status == 'broken' for status in column):>2}" for column in columns]
        return f"{'caught by each':{width}}  {' '.join(sums)}  {len(self.seen):>2}"


def matrix(unit: str, hidden: dict[str, Verdict], examples: dict[str, Verdict]) -> Matrix:
    """Gives the matrix of a unit from the verdicts on its mutants, by name."""
    promises = _promises(hidden.values())
    rows: dict[str, tuple[str, ...]] = {
        name: tuple(result.status for result in verdict.promises) for name, verdict in hidden.items()
    }
    return Matrix(unit, promises, rows, frozenset(n for n, verdict in examples.items() if not verdict.passed))


def _promises(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    first = next(iter(verdicts), None)
    return tuple(result.id for result in first.promises) if first else ()
