"""Classroom 50's `result.json`: whole scores, one test a promise."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from halfway.review.exports.row import Row

NO_REPOSITORY = "urn:sha256:{}"
"""What a checkout would link to (commit, release, differences); here it is the content itself."""


def result(row: Row, now: datetime) -> dict[str, Any]:
    """Gives one submission's result. A tag begins with `submit/`, and times are of no other zone than UTC."""
    link = NO_REPOSITORY.format(row.graded.handed.sha256)
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "schema": "classroom50/result/v1",
        "classroom": "halfway",
        "assignment": row.unit.slug,
        "assignment_type": "individual",
        "owner": row.learner.member.login
        if row.learner.member and row.learner.member.login
        else row.learner.name,
        "submission": f"submit/{moment.replace(':', '-')}-{row.graded.handed.sha256[:7]}",
        "commit": link,
        "release": link,
        "review": link,
        "datetime": moment,
        "graded_at": moment,
        "score": min(round(row.points), _most(row)),
        "max-score": _most(row),
        "tests": [
            {
                "test-name": promise.text or promise.id,
                "passed": promise.kept,
                "score": int(promise.kept),
                "max-score": 1,
            }
            for promise in row.promises
        ],
    }


def _most(row: Row) -> int:
    return round(row.mark.maximum)
