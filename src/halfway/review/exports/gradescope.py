"""Gradescope's `results.json`: one file a learner, one test a promise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from halfway.review.comments import Note
from halfway.review.exports.row import Row, said


def results(rows: Sequence[Row], note: Note) -> dict[str, Any]:
    """Gives the results of one learner; a score by hand stands above the sum of the tests' scores."""
    data: dict[str, Any] = {
        "output": "\n\n".join(filter(None, [note.comment, *(_comment(row) for row in rows)])),
        "output_format": "text",
        "visibility": "visible",
        "tests": [test for row in rows for test in _tests(row)],
    }
    if any(row.note.score is not None for row in rows) or not data["tests"]:
        data["score"] = sum(row.score for row in rows)
    return data


def _comment(row: Row) -> str:
    return "\n".join(filter(None, [row.note.comment and f"{row.unit.slug}: {row.note.comment}", row.trouble]))


def _tests(row: Row) -> list[dict[str, Any]]:
    return [
        {
            "name": promise.text or promise.id,
            "number": f"{row.unit.number}.{number}",
            "score": int(promise.kept),
            "max_score": 1,
            "status": "passed" if promise.kept else "failed",
            "output": "" if promise.kept else said(promise),
            "output_format": "text",
            "tags": [row.unit.slug],
            "visibility": "visible",
        }
        for number, promise in enumerate(row.counted, 1)
    ]
