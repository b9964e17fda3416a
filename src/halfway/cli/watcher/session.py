"""Grades the newest save in a thread of its own, and tells what becomes of it, as it comes.

One run at a time: a newer save ends the older run, and nothing of the older run is told any more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from halfway.catalog import CatalogError, UnitFiles
from halfway.grading.collector import Tell
from halfway.grading.verdict import PromiseResult, Started, Verdict


@dataclass(frozen=True)
class Began:
    """A run of this unit has begun."""

    unit: UnitFiles


@dataclass(frozen=True)
class Step:
    """A promise begins, or has its result."""

    unit: UnitFiles
    what: Started | PromiseResult


@dataclass(frozen=True)
class Done:
    """The verdict is there."""

    unit: UnitFiles
    verdict: Verdict


@dataclass(frozen=True)
class Gone:
    """There is no file to grade."""

    unit: UnitFiles
    path: Path


@dataclass(frozen=True)
class Failed:
    """The checker could not do its work."""

    unit: UnitFiles
    text: str


Told = Began | Step | Done | Gone | Failed


class Grades(Protocol):
    """What gives verdicts: `grading.Grader`."""

    def grade(self, slug: str, *, on_event: Tell | None = None) -> Verdict: ...

    def cancel(self) -> None: ...


class Session:
    """Gives the newest save its verdict; `tell` is called from the session's thread."""

    def __init__(self, grader: Grades, tell: Callable[[Told], None], noted: Callable[[Done], None]) -> None:
        self._grader, self._tell, self._noted = grader, tell, noted
        self._changed = threading.Condition()
        self._asked: UnitFiles | None = None
        self._unit: UnitFiles | None = None
        self._newest = 0
        self._running = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="session", daemon=True)

    def start(self) -> None:
        """Begins to serve."""
        self._thread.start()

    def ask(self, unit: UnitFiles) -> None:
        """Wants the verdict on the unit's file as it is now; drops the run that is under way."""
        with self._changed:
            self._newest += 1
            self._asked = unit
            if self._running:
                self._grader.cancel()
            self._changed.notify()

    def close(self) -> None:
        """Drops what is under way; returns when nothing is told any more."""
        with self._changed:
            self._closed = True
            self._newest += 1
            if self._running:
                self._grader.cancel()
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            self._serve()
        except BaseException as error:  # a thread that died in silence would leave a watcher that waits
            if self._unit is not None:
                text = f"The watcher has stopped grading ({error!r}). Quit it and start it again."
                self._tell(Failed(self._unit, text))

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._running = False
                while self._asked is None and not self._closed:
                    self._changed.wait()
                if self._closed or self._asked is None:
                    return
                unit, number, self._asked = self._asked, self._newest, None
                self._unit = unit
                self._running = True
            self._grade(unit, number)

    def _grade(self, unit: UnitFiles, number: int) -> None:
        if not unit.stub.is_file():
            self._say(number, Gone(unit, unit.stub))
            return
        self._say(number, Began(unit))

        def heard(what: Started | PromiseResult) -> None:
            self._say(number, Step(unit, what))

        try:
            verdict = self._grader.grade(unit.slug, on_event=heard)
        except CatalogError as error:
            self._say(number, Failed(unit, str(error)))
            return
        except (
            Exception
        ) as error:  # the edge of the thread: a fault of ours is told, and the next save is graded
            self._say(number, Failed(unit, f"The checker itself failed; this is not your code. ({error!r})"))
            return
        done = Done(unit, verdict)
        if self._say(number, done):
            self._noted(done)

    def _say(self, number: int, told: Told) -> bool:
        """Tells it, unless a newer save has come: what is told then is the newer one's alone."""
        if number != self._newest:
            return False
        self._tell(told)
        return True
