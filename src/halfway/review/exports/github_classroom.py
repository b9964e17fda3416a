"""GitHub Classroom's grader result; a workflow step passes it on as base64 in its output `result`."""

from __future__ import annotations

from typing import Any

from halfway.review.exports.row import OUTPUT_CHARS_MAX, Row, said


def result(row: Row) -> dict[str, Any]:
    """Gives one submission's result; where nothing counts, one test says so and costs nothing."""
    if not row.counted:
        tests = [
            {"name": row.unit.slug, "status": "error", "score": row.note.score or 0, "message": row.trouble}
        ]
        return {
            "version": 1,
            "status": "error",
            "max_score": row.note.score or 0,
            "message": row.trouble,
            "tests": tests,
        }
    each = row.score / max(len(row.counted), 1) if row.note.score is not None else None
    return {
        "version": 1,
        "status": "pass" if row.passed else "fail",
        "max_score": len(row.counted),
        "tests": [
            {
                "name": promise.text or promise.id,
                "status": "pass" if promise.kept else "fail",
                "score": int(promise.kept) if each is None else round(each, 4),
                "message": None if promise.kept else said(promise),
                "filename": row.graded.handed.file,
                **({"line_no": promise.frames[-1].line} if promise.frames else {}),
                "output": promise.output[:OUTPUT_CHARS_MAX] or None,
            }
            for promise in row.counted
        ],
    }
