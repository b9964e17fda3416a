"""Exercism's `results.json`, version 3: tests in the order of the suite, messages for what is not kept."""

from __future__ import annotations

from typing import Any

from halfway.review.exports.row import OUTPUT_CHARS_MAX, Row, said

MESSAGE_CHARS_MAX = 65_535


def results(row: Row) -> dict[str, Any]:
    """Gives one submission's results; a file that does not import is an error of the whole."""
    promises = row.promises
    if not promises or all(p.status == "checker_fault" for p in promises):
        return {"version": 3, "status": "error", "message": row.trouble or "nothing was graded"}
    if all(p.status == "not_reached" for p in promises):
        return {"version": 3, "status": "error", "message": said(promises[0])[:MESSAGE_CHARS_MAX]}
    return {
        "version": 3,
        "status": "pass" if row.passed else "fail",
        "tests": [_test(promise) for promise in promises],
    }


def _test(promise: Any) -> dict[str, Any]:
    status = (
        "pass" if promise.kept else "error" if promise.status in ("not_reached", "checker_fault") else "fail"
    )
    return {
        "name": promise.text or promise.id,
        "status": status,
        "message": None if promise.kept else said(promise),
        "output": promise.output[:OUTPUT_CHARS_MAX] or None,
    }
