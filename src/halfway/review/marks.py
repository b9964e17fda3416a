"""What a verdict is worth: promises kept, in points of a unit, less what lateness costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from halfway.catalog import UnitFiles
from halfway.review.comments import Comments
from halfway.review.gradebook import Gradebook, Graded, Learner
from halfway.review.intake import Handed
from halfway.review.settings import Settings

STATES = (
    "not handed in",
    "untouched",
    "does not import",
    "out of time",
    "checker failed",
    "given up",
    "no promise kept",
    "some promises kept",
    "every promise kept",
)
"""What became of a unit, the emptiest first: a zero has more than one reason."""


@dataclass(frozen=True)
class Mark:
    """One learner and one unit. `points` is None while there is no mark: the checker failed, say so."""

    state: str
    kept: int
    of: int
    points: float | None
    maximum: float
    by_hand: bool = False
    late_s: float = 0.0
    is_late: bool = False
    """So says the platform, or the time of the file."""
    cost: float = 0.0
    """The points that lateness has cost."""

    @property
    def late(self) -> str:
        """How late it came, in words, and what that has cost; "" if it did not."""
        if not self.late_s:
            return "late" + (f", {self.cost:g} points less" if self.cost else "") if self.is_late else ""
        days, hours = divmod(math.ceil(self.late_s / 3600), 24)
        span = " ".join(f"{number} {unit}" for number, unit in ((days, "d"), (hours, "h")) if number)
        return f"late by {span}" + (f", {self.cost:g} points less" if self.cost else "")


class Marks:
    """The marks of one class."""

    def __init__(self, book: Gradebook, settings: Settings, comments: Comments) -> None:
        self._book, self._settings, self._comments = book, settings, comments

    def of(self, learner: Learner, unit: UnitFiles) -> Mark:
        """Gives the mark on one unit, which need not have been handed in."""
        own = self._settings.unit(unit.slug)
        promises = len(self._book.promises.get(unit.slug, ())) or len(unit.promises())
        maximum = own.maximum if own.maximum is not None else float(promises)
        graded = learner.graded.get(unit.slug)
        if graded is None:
            return Mark(STATES[0], 0, promises, 0.0, maximum)
        note = self._comments.of(learner.name, unit.slug)
        kept = graded.summary.kept if graded.summary else 0
        state = self._state(graded)
        if note.score is not None:
            return Mark(state, kept, promises, note.score, maximum, by_hand=True)
        is_late, late_s = self._late(learner, graded.handed)
        if graded.trouble:
            return Mark(state, kept, promises, None, maximum, late_s=late_s, is_late=is_late)
        earned = maximum * kept / promises if promises else 0.0
        cost = round(min(earned, self._cost(late_s) * maximum), 4) if is_late else 0.0
        points = round(earned - cost, 4)
        return Mark(state, kept, promises, points, maximum, late_s=late_s, is_late=is_late, cost=cost)

    def total(self, learner: Learner) -> tuple[float, float]:
        """Gives the weighted points of a learner over all units of the class, and the most there could be."""
        points = most = 0.0
        for unit in self._book.units:
            mark, weight = self.of(learner, unit), self._settings.unit(unit.slug).weight
            points += weight * (mark.points or 0.0)
            most += weight * mark.maximum
        return round(points, 4), round(most, 4)

    def _state(self, graded: Graded) -> str:
        summary = graded.summary
        if graded.trouble or summary is None:
            return "checker failed"
        if self._book.untouched(graded.handed):
            return "untouched"
        if summary.given_up:
            return "given up"
        if not summary.ran:
            return "does not import"
        if summary.out_of_time and not summary.kept:
            return "out of time"
        if summary.passed:
            return "every promise kept"
        return "some promises kept" if summary.kept else "no promise kept"

    def _late(self, learner: Learner, handed: Handed) -> tuple[bool, float]:
        """Says whether it came late, and by how many seconds, as far as anybody knows.

        A platform knows when something was handed in, a file only when it was written; an extension is newer
        than what the platform knows.
        """
        due = self._settings.due(learner.names, handed.unit)
        extended = due != self._settings.unit(handed.unit).due
        moment = handed_at(handed, due)
        over = (moment - due).total_seconds() if due and moment else 0.0
        if over > self._settings.late.grace_minutes * 60:
            return True, over
        return handed.late and not extended, 0.0

    def _cost(self, late_s: float) -> float:
        rule = self._settings.late
        return min(rule.most, rule.per_day * max(1, math.ceil(late_s / 86_400)))


def handed_at(handed: Handed, due: datetime | None) -> datetime | None:
    """Gives when a file was written, as far as it says; a zip tells the time of the zone of the due date."""
    if not handed.changed:
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=handed.changed)
    return moment.replace(tzinfo=due.tzinfo) if handed.local and due else moment
