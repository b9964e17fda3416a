"""Events in, results out: every promise of the unit has one, whatever the child said or did not say."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from halfway.grading.verdict import (
    CHECKER_FAILED,
    NOT_ASKED,
    Frame,
    PromiseResult,
    Started,
    Status,
    promise_from_dict,
)

KILLED = 9
_WHOSE_PROCESS = "what may a function do to the process of whoever calls it?"
_WHO_KILLED = "does your code kill it? If not, somebody else did: run it again"
Tell = Callable[[Started | PromiseResult], None]


class Collector:
    """Collects what a child says of these promises (id, text), and says of the others what became of them."""

    def __init__(
        self,
        promises: list[tuple[str, str]],
        source: bytes,
        seconds_max: float,
        replayed: int,
        tell: Tell | None,
    ) -> None:
        self._texts = dict(promises)
        self._lines = source.decode("utf-8", "replace").splitlines()
        self._seconds_max, self._replayed, self._tell = seconds_max, replayed, tell
        self._results: dict[str, PromiseResult] = {}
        self._running = ""
        self._begun = False
        self._finished = False
        self._trouble: dict[str, Any] | None = None
        self._reached: dict[str, Any] | None = None
        self._over: dict[str, Any] = {}
        self.fault = ""
        self.unusual: tuple[str, ...] = ()
        self.cpu_s = self.later_s = 0.0

    # ---- events

    def feed(self, event: dict[str, Any]) -> None:
        """Takes one event."""
        kind = event.get("event")
        if kind == "importing":
            self._begun = True
            self.cpu_s -= float(event.get("cpu_s", 0.0))
        elif kind == "unusual":
            self.unusual = tuple(map(str, event["modules"]))
        elif kind == "started":
            self._start(str(event["id"]))
        elif kind == "ended":
            self._end(promise_from_dict(event["result"]))
        elif kind == "troubled":
            self._trouble = self._trouble or event["trouble"]
        elif kind == "reached":
            self._reached = self._reached or event
        elif kind == "fault":
            self.fault = self.fault or str(event["text"])
        elif kind == "finished":
            self._finished = True
        elif kind == "over":
            self._over = event
            self.cpu_s += float(event.get("cpu_s", 0.0))
            self.later_s = float(event.get("later_s", 0.0))

    def _start(self, id: str) -> None:
        self._running = id
        if id not in self._texts:
            self.fault = self.fault or f"the suite ran `{id}`, which is no promise of this unit"
        elif self._tell is not None and id not in self._results:
            self._tell(Started(id, self._texts[id]))

    def _end(self, result: PromiseResult) -> None:
        self._running = ""
        if result.id not in self._texts:
            return
        result = replace(result, text=self._texts[result.id])
        if result.status in ("out_of_time", "too_much_output") and not result.frames:
            result = replace(result, frames=self._frames_reached())
        before = self._results.get(result.id)
        if before is not None:
            result = _both(before, result)
        self._results[result.id] = result
        if result.status == "checker_fault":
            self.fault = self.fault or result.note
        if self._tell is not None:
            self._tell(result)

    def _frames_reached(self) -> tuple[Frame, ...]:
        frames = self._reached["frames"] if self._reached is not None else ()
        return tuple(Frame(line, "" if f == "<module>" else f, self._line(line)) for line, f in frames)

    def _line(self, number: int) -> str:
        return self._lines[number - 1].strip() if 0 < number <= len(self._lines) else ""

    # ---- results

    def results(self) -> tuple[PromiseResult, ...]:
        """Gives every promise of the unit, in order; a promise that nothing was heard of is never kept."""
        found, why = [], self._why_it_stopped()
        for number, (id, text) in enumerate(self._texts.items(), 1):
            result = self._results.get(id)
            if result is None:
                result = self._missing(number, id, text, why)
                why = self._after(why, number)
            found.append(result)
        return tuple(found)

    def _limit_status(self) -> Status:
        limit = self._reached["limit"] if self._reached is not None else "time"
        return "too_much_output" if limit == "output" else "out_of_time"

    def _missing(self, number: int, id: str, text: str, why: PromiseResult | None) -> PromiseResult:
        if self._replayed and number != self._replayed:
            return PromiseResult(id, text, "not_reached", saw=NOT_ASKED)
        if why is not None:
            return replace(why, id=id, text=text)
        never = (
            f"the suite never ran `{id}`"
            if self._begun
            else "the process that runs your code did not come up"
        )
        note = self.fault or never
        self.fault = self.fault or note
        return PromiseResult(id, text, "checker_fault", saw=CHECKER_FAILED, note=note)

    def _why_it_stopped(self) -> PromiseResult | None:
        """Gives what the first promise without a result is told; None if the child says it ran them all."""
        if self._trouble is not None:
            t = self._trouble
            frames = tuple(Frame(**frame) for frame in t["frames"])
            return PromiseResult("", "", "not_reached", t["saw"], "", t["ask"], frames, note=t["note"])
        if self._over.get("how") == "cancelled":
            return PromiseResult("", "", "not_reached", "it was stopped before it came to this")
        if self._reached is not None or self._over.get("how") == "late":
            return self._limit_result()
        if self._finished or not self._begun:
            return None
        return self._death()

    def _limit_result(self) -> PromiseResult:
        status = self._limit_status()
        for number, id in enumerate(self._texts, 1):
            if id in self._results and self._results[id].status == status:
                return PromiseResult("", "", "not_reached", _AFTER[status].format(number))
        what = "it" if self._running else "the import of your file"
        after = f"after {self._seconds_max:g} s {what} was still running"
        saw = after if status == "out_of_time" else f"{what} prints without end"
        return PromiseResult("", "", status, saw, ask="what ends this?", frames=self._frames_reached())

    def _death(self) -> PromiseResult:
        code, number = self._over.get("code", 0), self._over.get("signal", 0)
        if number == KILLED and self._over.get("cpu_s", 0.0) >= self._seconds_max:
            return self._limit_result()  # the operating system ended what did not hear that its time is up
        importing = not self._running and not self._results
        status: Status = "not_reached" if importing else "broken"
        when = ", while your file was imported" if importing else ""
        if number and number != KILLED:
            name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
            return PromiseResult("", "", status, f"the interpreter itself crashed ({name}){when}")
        if number:  # nobody can tell who sent that signal
            saw, ask = f"the process that ran your code was killed{when}", _WHO_KILLED
        else:
            saw, ask = f"your code ended its own process (exit code {code}){when}", _WHOSE_PROCESS
        return PromiseResult("", "", status, saw, "the process belongs to the caller", ask)

    def _after(self, why: PromiseResult | None, number: int) -> PromiseResult | None:
        """Gives what the promises after the first one without a result are told."""
        if why is None or why.status == "not_reached":
            return why
        because = _AFTER.get(why.status, "promise {} ended the process")
        return PromiseResult("", "", "not_reached", because.format(number))


_AFTER: dict[str, str] = {
    "out_of_time": "promise {} used up the time",
    "too_much_output": "promise {} printed without end",
}


def _both(before: PromiseResult, after: PromiseResult) -> PromiseResult:
    """Gives one result for a promise that is checked in several cases: kept if all of them are."""
    worst = after if before.kept else before
    return replace(worst, stories=before.stories + after.stories)
