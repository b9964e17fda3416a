"""One file in, one verdict out: the one place of a review that knows how a submission is judged."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import halfway
from halfway import catalog
from halfway.grading import ConfinementError, Grader, PromiseResult, Verdict
from halfway.grading.scratch import scratch
from halfway.grading.verdict import CHECKER_FAILED
from halfway.links.guard import Limits
from halfway.links.sandbox import bubblewrap
from halfway.review.bounds import bounded

Trust = Literal["confined", "trusted"]
"""Submissions run in sandboxes, or as whoever reviews them does, on their own responsibility."""
BUSY_MIN = 2.0
"""A review alone keeps each processor busy once; with as much again, its seconds are not its own."""
PATIENT_S_MAX = 60.0
GIVEN_UP = "while this file was judged, the process that judges was ended, twice; so it was given up"
"""Whether memory or a trick ended it, nobody knows; the other files of the class go on."""
Judge = Callable[[str, Path], Verdict]


def missing(trust: Trust) -> str:
    """Says what this machine lacks for judging in this way, and what to install; "" if nothing."""
    if trust == "confined":
        try:
            bubblewrap.probe()
        except ConfinementError as error:
            return str(error)
    return ""


class WarmJudge:
    """Gives verdicts on files, one at a time, from one warm grader. Raises ConfinementError."""

    def __init__(self, trust: Trust) -> None:
        self._confined = trust == "confined"
        self._one_at_a_time = threading.Lock()
        self._grader = Grader(confined=self._confined)

    def __call__(self, unit: str, file: Path) -> Verdict:
        """Gives the verdict on one file.

        Where the checker itself fails, a new one is asked once: a machine that ran out of memory for a
        moment may have ended what makes the sandboxes. Who runs out of time on a machine that is busy with
        other things gets more of it, once: a mark does not depend on what else ran.
        """
        with self._one_at_a_time:
            verdict = self._grader.grade(unit, file)
            if fault_of(verdict):
                self._grader.close()
                self._grader = Grader(confined=self._confined)
                verdict = self._grader.grade(unit, file)
            busy = _busy()
            if busy > BUSY_MIN and ran_out_of_time(verdict):
                seconds = min(Limits().seconds * 2 * busy, PATIENT_S_MAX)
                verdict = self._grader.grade(unit, file, limits=Limits(seconds=seconds))
            return verdict

    def close(self) -> None:
        """Ends the warm grader."""
        self._grader.close()


def _busy() -> float:
    """Says how many tasks wait for each processor; 0 where the platform does not say."""
    if not hasattr(os, "getloadavg"):
        return 0.0
    try:
        return os.getloadavg()[0] / (os.cpu_count() or 1)
    except OSError:
        return 0.0


def judged(unit: str, name: str, data: bytes, judge: Judge) -> Verdict:
    """Gives the verdict on the content of one file, and a checker's fault where the judge itself fails."""
    try:
        with scratch() as folder:
            path = folder / name
            path.write_bytes(data)
            return bounded(judge(unit, path))
    except Exception as error:
        return _failed(unit, name, f"{type(error).__name__}: {error}")


def given_up(unit: str, name: str) -> Verdict:
    """Gives the verdict on a file whose judging has ended the process that judged it, again and again."""
    verdict = _failed(unit, name, "")
    first, *rest = (replace(promise, status="not_reached", saw="") for promise in verdict.promises)
    return replace(verdict, promises=(replace(first, saw=GIVEN_UP), *rest))


def was_given_up(verdict: Verdict) -> bool:
    """True for a verdict that stands in place of one, because nobody survived judging the file."""
    return any(promise.saw == GIVEN_UP for promise in verdict.promises)


def fault_of(verdict: Verdict) -> str:
    """Gives what the checker itself did wrong in this verdict, or ""."""
    if verdict.fault:
        return verdict.fault
    return next((p.saw or CHECKER_FAILED for p in verdict.promises if p.status == "checker_fault"), "")


def ran_out_of_time(verdict: Verdict) -> bool:
    """True if the limit on real time ended this verdict."""
    return any(p.status == "out_of_time" for p in verdict.promises)


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
