"""Verdicts for the laws: each asked for once, made by a few warm processes side by side."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from halfway.catalog import UnitFiles
from halfway.grading import ConfinementError
from halfway.grading.grader import Grader, Link
from halfway.grading.verdict import Suite, Verdict
from halfway.links.guard import Limits
from halfway.links.sandbox import bubblewrap, syscalls

SEED, OTHER_SEED = "0", "20260105"
LIMITS = Limits(seconds=20.0)
"""A learner's five seconds hold on a quiet machine; the laws also run over a pipe, and where others work."""


@dataclass(frozen=True)
class Ask:
    """One verdict to be made: which file, which suite, over which link, under which seed, in which order."""

    unit: UnitFiles
    path: Path
    suite: Suite = "hidden"
    link: Link = "direct"
    hash_seed: str = SEED
    order: int = 0


@dataclass(frozen=True)
class Answer:
    """A verdict, and the CPU seconds that its suite took."""

    verdict: Verdict
    cpu_s: float


class Verdicts:
    """Makes verdicts of one course. A context manager: at its end its processes are gone."""

    def __init__(self, course: Path, *, workers: int = 0) -> None:
        self._course = course
        self._pool = ThreadPoolExecutor(workers or min(4, os.cpu_count() or 1), "verdicts")
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, bool], list[Grader]] = {}
        self._answers: dict[tuple[Ask, str], Future[Answer]] = {}

    def __enter__(self) -> Verdicts:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    @cached_property
    def unconfined(self) -> str:
        """Why no verdict can be made in sandboxes here, with what to do about it; "" if it can."""
        try:
            bubblewrap.probe()
            syscalls.program()
        except ConfinementError as error:
            return str(error)
        return ""

    def close(self) -> None:
        """Ends every process."""
        self._pool.shutdown(cancel_futures=True)
        for graders in self._idle.values():
            for grader in graders:
                grader.close()
        self._idle.clear()

    def of(self, asks: Iterable[Ask]) -> list[Verdict]:
        """Gives the verdicts, in the order in which they were asked for."""
        return [future.result().verdict for future in [self._future(ask) for ask in asks]]

    def known(self, ask: Ask) -> Answer:
        """Gives the verdict that was made when it was first asked for, with what it cost."""
        return self._future(ask).result()

    def answer(self, ask: Ask) -> Answer:
        """Gives one verdict, made now, with what it cost."""
        return self._make(ask)

    def _future(self, ask: Ask) -> Future[Answer]:
        key = ask, _contents(ask)
        if key not in self._answers:
            self._answers[key] = self._pool.submit(self._make, ask)
        return self._answers[key]

    def _make(self, ask: Ask) -> Answer:
        kind = ask.hash_seed, ask.link == "pool"
        grader = self._take(*kind)
        try:
            # What it says must not depend on the examples: they have an `Ask` of their own.
            verdict = grader.grade_alone(
                ask.unit.slug, ask.path, suite=ask.suite, link=ask.link, order=ask.order
            )
            return Answer(replace(verdict, seconds=0.0), grader.cpu_s)
        finally:
            with self._lock:
                self._idle.setdefault(kind, []).append(grader)

    def _take(self, hash_seed: str, confined: bool) -> Grader:
        with self._lock:
            idle = self._idle.get((hash_seed, confined))
            if idle:
                return idle.pop()
        return Grader(self._course, limits=LIMITS, hash_seed=hash_seed, confined=confined, ahead=False)


def _contents(ask: Ask) -> str:
    """Names what the verdict depends on, so that a changed file is graded anew."""
    tests = ask.unit.suite if ask.suite == "hidden" else ask.unit.examples
    found = hashlib.sha256()
    for path in (ask.path, tests, ask.unit.wrong_ideas):
        found.update(path.read_bytes() if path.is_file() else b"\0")
    return found.hexdigest()
