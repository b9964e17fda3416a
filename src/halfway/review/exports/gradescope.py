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
    if any(row.mark.by_hand or row.mark.cost for row in rows) or not data["tests"]:
        data["score"] = round(sum(row.points for row in rows), 4)
    return data


def _comment(row: Row) -> str:
    own = [row.note.comment, row.mark.late, row.trouble]
    return "\n".join(f"{row.unit.slug}: {text}" for text in own if text)


def _tests(row: Row) -> list[dict[str, Any]]:
    return [
        {
            "name": promise.text or promise.id,
            "number": f"{row.unit.number}.{number}",
            "score": round(row.mark.maximum / len(row.promises), 4) if promise.kept else 0,
            "max_score": round(row.mark.maximum / len(row.promises), 4),
            "status": "passed" if promise.kept else "failed",
            "output": "" if promise.kept else said(promise),
            "output_format": "text",
            "tags": [row.unit.slug],
            "visibility": "visible",
        }
        for number, promise in enumerate(row.promises, 1)
    ]
