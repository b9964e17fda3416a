"""GitHub Classroom's grader result; a workflow step passes it on as base64 in its output `result`."""

from __future__ import annotations

from typing import Any

from halfway.grading import PromiseResult
from halfway.review.exports.row import OUTPUT_CHARS_MAX, Row, said


def result(row: Row) -> dict[str, Any]:
    """Gives one submission's result; a score by hand is shared among all tests."""
    promises = row.promises
    each = row.mark.maximum / max(len(promises), 1)
    as_it_is = not (row.mark.by_hand or row.mark.cost)
    shared = row.points / max(len(promises), 1)
    return {
        "version": 1,
        "status": "error" if row.trouble else "pass" if row.passed else "fail",
        "max_score": row.mark.maximum,
        **({"message": row.trouble} if row.trouble else {}),
        "tests": [
            {
                "name": promise.text or promise.id,
                "status": _status(promise),
                "score": round((each if promise.kept else 0.0) if as_it_is else shared, 4),
                "message": None if promise.kept else said(promise),
                "filename": row.graded.handed.file,
                **({"line_no": promise.frames[-1].line} if promise.frames else {}),
                "output": promise.output[:OUTPUT_CHARS_MAX] or None,
            }
            for promise in promises
        ],
    }


def _status(promise: PromiseResult) -> str:
    if promise.status == "checker_fault":
        return "error"
    return "pass" if promise.kept else "fail"
