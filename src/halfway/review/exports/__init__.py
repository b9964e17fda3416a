"""Verdicts as the files that other systems read; each format is held against its schema in the tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from halfway.review.comments import Comments
from halfway.review.exports import (
    canvas,
    classroom50,
    exercism,
    github_classroom,
    gradebook_csv,
    gradescope,
    junit,
    moodle,
)
from halfway.review.exports.row import Row, rows_of
from halfway.review.files import remove_left, write
from halfway.review.gradebook import Gradebook, Learner
from halfway.review.marks import Marks
from halfway.review.settings import Settings

__all__ = ["KINDS", "Exports"]

KINDS = ("canvas", "moodle", "gradescope", "github_classroom", "classroom50", "exercism", "junit")
"""What can be asked for; `grades.csv` is always there."""
OWN = (*KINDS, "grades.csv", "junit.xml", "canvas.csv")


class Exports:
    """Writes below `folder` what was asked for, and takes away what an earlier run has left there."""

    def __init__(
        self, book: Gradebook, comments: Comments, settings: Settings, folder: Path, now: datetime
    ) -> None:
        self._book, self._comments, self._settings = book, comments, settings
        self._marks = Marks(book, settings, comments)
        self._folder, self._now = folder, now
        self._kept: set[Path] = set()

    def write(self, kinds: Collection[str], page: Callable[[Learner], str]) -> None:
        """Writes each kind; `page` gives the feedback page of a learner. Raises NotWrittenError."""
        self._text("grades.csv", gradebook_csv.grades(self._book, self._comments, self._marks))
        if "canvas" in kinds:
            self._text("canvas.csv", canvas.gradebook(self._book, self._marks, self._settings))
        if "moodle" in kinds:
            self._moodle(page)
        suites = junit.Suites(self._now)
        for learner in self._book.learners:
            rows = list(rows_of(learner, self._book, self._comments, self._marks))
            suites.add(rows)
            if rows and "gradescope" in kinds:
                note = self._comments.of(learner.name)
                self._json(f"gradescope/{learner.id}.json", gradescope.results(rows, note))
            for row in rows:
                self._row(row, kinds)
        if "junit" in kinds:
            self._text("junit.xml", suites.text())
        remove_left([self._folder / name for name in OWN], self._kept)

    def _moodle(self, page: Callable[[Learner], str]) -> None:
        for unit in self._book.units:
            sheet = moodle.worksheet(self._book, unit, self._comments, self._marks)
            self._text(f"moodle/{unit.slug}.csv", sheet)
        self._text("moodle/gradebook.csv", moodle.gradebook(self._book, self._marks))
        for data in moodle.feedback(self._book, page):
            write(self._keep("moodle/feedback.zip"), data)

    def _row(self, row: Row, kinds: Collection[str]) -> None:
        name = f"{row.learner.id}/{row.unit.slug}"
        if "github_classroom" in kinds:
            self._json(f"github_classroom/{name}.json", github_classroom.result(row))
        if "classroom50" in kinds:
            self._json(f"classroom50/{name}/result.json", classroom50.result(row, self._now))
        if "exercism" in kinds:
            self._json(f"exercism/{name}/results.json", exercism.results(row))

    def _json(self, name: str, data: dict[str, Any]) -> None:
        self._text(name, json.dumps(data, ensure_ascii=False, indent=1) + "\n")

    def _text(self, name: str, text: str) -> None:
        write(self._keep(name), text)

    def _keep(self, name: str) -> Path:
        path = self._folder / name
        self._kept.add(path)
        return path
