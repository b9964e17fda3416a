"""Stage 2, scheduling: one object knows what is due and when to come back, and sleeps never."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from system import ESCALATE_AFTER_S, Clock, Cycle, Escalate, Opened, Poll, Store


class Coordinator:
    """Owns cadence and timers, on the monotonic hand of one process."""

    def __init__(self, clock: Clock, every_s: float) -> None:
        self._clock, self._every_s = clock, every_s
        self._start_s: float | None = None
        self._next_tick = 0
        self._reminders: dict[str, float] = {}

    def start(self) -> None:
        """The first poll is due now, the others every `every_s` from here, however late anyone comes."""
        self._start_s, self._next_tick = self._clock.monotonic(), 0

    def stop(self) -> None:
        """From here on nothing is due and nothing is awaited."""
        self._start_s = None
        self._reminders.clear()

    def remind(self, incident_id: str, after_s: float) -> None:
        """Let an escalation come due `after_s` from now."""
        if self._start_s is not None:
            self._reminders[incident_id] = self._clock.monotonic() + after_s

    def forget(self, incident_id: str) -> None:
        """Nobody is to be woken for this one."""
        self._reminders.pop(incident_id, None)

    def due(self) -> list[Poll | Escalate]:
        """Give what is due, in the order of its time, each thing once; polls slept through are one."""
        if self._start_s is None:
            return []
        now_s = self._clock.monotonic()
        found: list[Poll | Escalate] = []
        if self._tick_s(self._next_tick) <= now_s:
            last = max(self._next_tick, math.floor((now_s - self._start_s) / self._every_s))
            while self._tick_s(last + 1) <= now_s:
                last += 1
            found.append(Poll(self._tick_s(last)))
            self._next_tick = last + 1
        for incident_id, due_s in list(self._reminders.items()):
            if due_s <= now_s:
                found.append(Escalate(incident_id, due_s))
                del self._reminders[incident_id]
        return sorted(found, key=lambda each: each.due_s)

    def next_due(self) -> float | None:
        """Give the instant at which to come back; None when stopped."""
        if self._start_s is None:
            return None
        return min([self._tick_s(self._next_tick), *self._reminders.values()])

    def _tick_s(self, tick: int) -> float:
        assert self._start_s is not None
        return self._start_s + tick * self._every_s


class Runtime:
    """Stage 2's own: does what is due. What a cycle does comes in as a call: it is another stage's."""

    def __init__(
        self,
        services: Sequence[str],
        run_cycle: Callable[[], Cycle],
        store: Store,
        phone: Any,
        clock: Clock,
        every_s: float,
    ) -> None:
        self._services, self._run_cycle, self._store, self._phone = services, run_cycle, store, phone
        self._clock, self._coordinator = clock, Coordinator(clock, every_s)

    def start(self) -> None:
        """Begin the grid, and remind anew of what is open and nobody has answered."""
        self._coordinator.start()
        for service in self._services:
            row = self._store.read(f"policy/{service}")
            if row and row["is_open"]:
                reminder = self._reminder(f"{service}/{row['opened']}")
                if not reminder["is_acknowledged"] and not reminder["is_escalated"]:
                    self._coordinator.remind(f"{service}/{row['opened']}", reminder["after_s"])

    def run_due(self) -> float | None:
        """Do what is due; give the seconds until the next thing is, or None when stopped."""
        for each in self._coordinator.due():
            if isinstance(each, Escalate):
                self._escalate(each.incident_id)
            else:
                self._poll()
        at_s = self._coordinator.next_due()
        return None if at_s is None else max(0.0, at_s - self._clock.monotonic())

    def acknowledge(self, incident_id: str) -> None:
        """Somebody looks after it: no escalation."""
        self._mark(incident_id, is_acknowledged=True)
        self._coordinator.forget(incident_id)

    def _poll(self) -> None:
        for news in self._run_cycle().decided:
            if isinstance(news, Opened):
                self._coordinator.remind(news.incident_id, news.escalate_after_s)
                self._mark(news.incident_id, after_s=news.escalate_after_s)
            else:
                self._coordinator.forget(news.incident_id)

    def _escalate(self, incident_id: str) -> None:
        service, _, number = incident_id.rpartition("/")
        row, reminder = self._store.read(f"policy/{service}"), self._reminder(incident_id)
        is_open = row is not None and row["is_open"] and str(row["opened"]) == number
        if not is_open or reminder["is_acknowledged"] or reminder["is_escalated"]:
            return
        try:
            self._phone.ring(f"{incident_id}/escalated", f"nobody answers: {incident_id}")
            self._mark(incident_id, is_escalated=True)
        except OSError:
            self._coordinator.remind(incident_id, 0.0)
            raise

    def _reminder(self, incident_id: str) -> dict[str, Any]:
        none = {"after_s": ESCALATE_AFTER_S, "is_acknowledged": False, "is_escalated": False}
        return {**none, **(self._store.read(f"reminder/{incident_id}") or {})}

    def _mark(self, incident_id: str, **facts: Any) -> None:
        self._store.commit({f"reminder/{incident_id}": {**self._reminder(incident_id), **facts}})
