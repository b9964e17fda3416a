"""Classroom 50's `result.json`: whole scores, one test a promise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from halfway.review.exports.row import Row


def result(row: Row, now: datetime) -> dict[str, Any]:
    """Gives one submission's result; what a checkout would tell (commit, release) is the content's hash."""
    return {
        "schema": "classroom50/result/v1",
        "classroom": "halfway",
        "assignment": row.unit.slug,
        "assignment_type": "individual",
        "owner": row.learner.name,
        "submission": row.graded.handed.where,
        "commit": row.graded.handed.sha256,
        "release": row.verdict.halfway if row.verdict else "",
        "review": "\n".join(filter(None, [row.note.comment, row.trouble])),
        "datetime": now.isoformat(timespec="seconds"),
        "score": round(row.score),
        "max-score": len(row.counted),
        "tests": [
            {
                "test-name": promise.text or promise.id,
                "passed": promise.kept,
                "score": int(promise.kept),
                "max-score": 1,
            }
            for promise in row.counted
        ],
    }
