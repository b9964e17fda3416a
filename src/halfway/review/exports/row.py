"""One submission as every format needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from halfway.catalog import UnitFiles
from halfway.grading import PromiseResult, Verdict
from halfway.grading.verdict import CHECKER_FAILED
from halfway.render.text import SAID
from halfway.render.visible import visible, visible_text
from halfway.review.comments import Comments, Note
from halfway.review.gradebook import Gradebook, Graded, Learner
from halfway.review.marks import Mark, Marks

OUTPUT_CHARS_MAX = 500


@dataclass(frozen=True)
class Row:
    """One learner and one unit; `verdict` is None where the checker came to none."""

    learner: Learner
    unit: UnitFiles
    graded: Graded
    verdict: Verdict | None
    note: Note
    mark: Mark
    texts: tuple[tuple[str, str], ...]
    """The promises of the unit: what was to be judged, whatever came of it."""

    @property
    def promises(self) -> tuple[PromiseResult, ...]:
        """Every promise of the unit, also where the checker came to no verdict."""
        if self.verdict and self.verdict.promises:
            return self.verdict.promises
        return tuple(PromiseResult(id, text, "checker_fault") for id, text in self.texts)

    @property
    def points(self) -> float:
        """The points; 0 as long as there is no mark."""
        return self.mark.points or 0.0

    @property
    def passed(self) -> bool:
        """True if every promise is kept."""
        return bool(self.verdict and self.verdict.passed)

    @property
    def trouble(self) -> str:
        """What a learner is told where the checker itself failed, or ""."""
        return f"{CHECKER_FAILED} {visible(self.graded.trouble)}" if self.graded.trouble else ""


def rows_of(learner: Learner, book: Gradebook, comments: Comments, marks: Marks) -> Iterator[Row]:
    """Gives a learner's submissions in the order of the course."""
    for unit in book.units:
        graded = learner.graded.get(unit.slug)
        if graded is not None:
            verdict = graded.summary.verdict() if graded.summary else None
            note, mark = comments.of(learner.name, unit.slug), marks.of(learner, unit)
            yield Row(learner, unit, graded, verdict, note, mark, tuple(book.promises[unit.slug]))


def said(promise: PromiseResult) -> str:
    """Gives what a learner is told of a promise that is not kept: never the fix, never a traceback."""
    told = [("Saw", promise.saw), ("Rule", promise.rule), ("Ask", promise.ask), ("Note", promise.note)]
    if promise.status == "checker_fault":
        return f"{CHECKER_FAILED} It is still to be judged."
    lines = [f"{name}: {visible_text(text)}" for name, text in told if text]
    return "\n".join(lines) or SAID.get(promise.status, promise.status)
