"""One file in, one verdict out: the one place of a review that knows how a submission is judged."""

from __future__ import annotations

import platform
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

import halfway
from halfway import catalog, grading
from halfway.grading import Grader, PromiseResult, Verdict
from halfway.grading.verdict import CHECKER_FAILED

Trust = Literal["confined", "trusted"]
Judge = Callable[[str, Path, Trust], Verdict]

CONFINE = "grade_confined"
_ONE_AT_A_TIME = threading.Lock()


def missing(trust: Trust) -> str:
    """Says what this machine lacks for judging in this way; "" if nothing."""
    if trust == "trusted" or hasattr(grading, CONFINE):
        return ""
    return "This version cannot confine a submission yet."


def judge(unit: str, file: Path, trust: Trust) -> Verdict:
    """Gives the verdict on one file: confined, or on one's own responsibility beside everything else.

    A process has one warm grader, so verdicts come one at a time.
    """
    with _ONE_AT_A_TIME:
        if trust == "trusted":
            return _warm().grade(unit, file)
        confined: Judge = getattr(grading, CONFINE)
        return confined(unit, file)  # type: ignore[call-arg]


@cache
def _warm() -> Grader:
    return Grader()


def judged(unit: str, name: str, data: bytes, trust: Trust, judge: Judge = judge) -> Verdict:
    """Gives the verdict on the content of one file, and a checker's fault where the judge itself fails."""
    with tempfile.TemporaryDirectory(prefix="halfway-review-") as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            return judge(unit, path, trust)
        except Exception as error:
            return _failed(unit, name, f"{type(error).__name__}: {error}")


def fault_of(verdict: Verdict) -> str:
    """Gives what the checker itself did wrong in this verdict, or ""."""
    if verdict.fault:
        return verdict.fault
    return next((p.saw or CHECKER_FAILED for p in verdict.promises if p.status == "checker_fault"), "")


def _failed(unit: str, name: str, fault: str) -> Verdict:
    promises = [
        PromiseResult(id, text, "checker_fault", CHECKER_FAILED) for id, text in catalog.find(unit).promises()
    ]
    return Verdict(
        unit,
        name,
        "",
        platform.python_version(),
        halfway.__version__,
        (),
        0.0,
        0,
        tuple(promises),
        fault=fault,
    )
