"""A table for a spreadsheet: one line for each submission."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from halfway.render.visible import cell
from halfway.review.exports.row import Row

COLUMNS = (
    "learner",
    "unit",
    "score",
    "kept",
    "of",
    "late",
    "misconception",
    "checker_fault",
    "comment",
    "file",
    "sha256",
)


class Table:
    """Grows by one learner at a time."""

    def __init__(self) -> None:
        self._text = io.StringIO()
        self._csv = csv.writer(self._text, lineterminator="\n")
        self._csv.writerow(COLUMNS)

    def add(self, rows: Sequence[Row]) -> None:
        """Adds one learner's submissions."""
        for row in rows:
            handed = row.graded.handed
            summary = row.graded.summary
            cells = (
                row.learner.name,
                row.unit.slug,
                f"{row.score:g}",
                sum(promise.kept for promise in row.counted),
                len(row.counted),
                "late" if handed.late else "",
                summary.misconception if summary else "",
                row.graded.trouble,
                row.note.comment,
                handed.where,
                handed.sha256,
            )
            self._csv.writerow([cell(str(value)) for value in cells])

    def text(self) -> str:
        """Gives the whole table."""
        return self._text.getvalue()
