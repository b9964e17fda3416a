"""One submission as every format needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from halfway.catalog import UnitFiles
from halfway.grading import PromiseResult, Verdict
from halfway.grading.verdict import CHECKER_FAILED
from halfway.render.text import SAID
from halfway.review.comments import Comments, Note
from halfway.review.gradebook import Gradebook, Graded, Learner

OUTPUT_CHARS_MAX = 500


@dataclass(frozen=True)
class Row:
    """One learner and one unit; `verdict` is None where the checker came to none."""

    learner: Learner
    unit: UnitFiles
    graded: Graded
    verdict: Verdict | None
    note: Note

    @property
    def counted(self) -> tuple[PromiseResult, ...]:
        """The promises that count: a fault of the checker costs a learner nothing."""
        promises = self.verdict.promises if self.verdict else ()
        return tuple(
            p for p in promises if p.status != "checker_fault" and (p.kept or not self.graded.trouble)
        )

    @property
    def score(self) -> float:
        """What the instructor says, or the number of kept promises."""
        return self.note.score if self.note.score is not None else sum(p.kept for p in self.counted)

    @property
    def passed(self) -> bool:
        """True if every promise is kept."""
        return bool(self.verdict and self.verdict.passed)

    @property
    def trouble(self) -> str:
        """What a learner is told where the checker itself failed, or ""."""
        return f"{CHECKER_FAILED} {self.graded.trouble}" if self.graded.trouble else ""


def rows_of(learner: Learner, book: Gradebook, comments: Comments) -> Iterator[Row]:
    """Gives a learner's submissions in the order of the course."""
    for unit in book.units:
        graded = learner.graded.get(unit.slug)
        if graded is not None:
            verdict = graded.summary.verdict() if graded.summary else None
            yield Row(learner, unit, graded, verdict, comments.of(learner.name, unit.slug))


def said(promise: PromiseResult) -> str:
    """Gives what a learner is told of a promise that is not kept: never the fix, never a traceback."""
    told = [("Saw", promise.saw), ("Rule", promise.rule), ("Ask", promise.ask), ("Note", promise.note)]
    lines = [f"{name}: {text}" for name, text in told if text]
    return "\n".join(lines) or SAID.get(promise.status, promise.status)
