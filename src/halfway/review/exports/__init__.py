"""Verdicts as the files that other systems read; each format is held against its schema in the tests."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from halfway.review.comments import Comments
from halfway.review.exports import classroom50, exercism, github_classroom, gradebook_csv, gradescope, junit
from halfway.review.exports.row import Row, rows_of
from halfway.review.files import write
from halfway.review.gradebook import Gradebook

__all__ = ["write_exports"]


def write_exports(book: Gradebook, comments: Comments, folder: Path, now: datetime) -> None:
    """Writes every format below `folder`. Raises NotWrittenError."""
    table, suites = gradebook_csv.Table(), junit.Suites(now)
    for learner in book.learners:
        rows = list(rows_of(learner, book, comments))
        table.add(rows)
        suites.add(rows)
        if rows:
            _write(
                folder / "gradescope" / f"{learner.id}.json",
                gradescope.results(rows, comments.of(learner.name)),
            )
        for row in rows:
            _write_row(row, folder, now)
    write(folder / "grades.csv", table.text())
    write(folder / "junit.xml", suites.text())


def _write_row(row: Row, folder: Path, now: datetime) -> None:
    name = f"{row.learner.id}/{row.unit.slug}"
    _write(folder / "github_classroom" / f"{name}.json", github_classroom.result(row))
    _write(folder / "classroom50" / name / "result.json", classroom50.result(row, now))
    _write(folder / "exercism" / name / "results.json", exercism.results(row))


def _write(path: Path, data: dict[str, Any]) -> None:
    write(path, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
