"""Stopwatches are closures over the hand that is never set, and an incident that has not rung is due."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

__all__ = ["Clock", "Phone", "Reminder"]

Stopwatch = Callable[[], float]


class Clock(Protocol):
    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class Phone(Protocol):
    def ring(self, incident: str, opened_at: str) -> None: ...


class NotOpen(KeyError):
    """Nobody is called for this incident."""


def _started(clock: Clock) -> Stopwatch:
    start_s = clock.monotonic()
    return lambda: clock.monotonic() - start_s


class Reminder:
    def __init__(self, clock: Clock, phone: Phone, *, repeat_after_s: float) -> None:
        if repeat_after_s <= 0:
            raise ValueError(f"an interval is longer than nothing, not {repeat_after_s} s")
        self._clock, self._phone, self._repeat_after_s = clock, phone, repeat_after_s
        self._opened: list[tuple[str, str, Stopwatch]] = []
        self._rang: dict[str, Stopwatch] = {}

    def open(self, incident: str) -> None:
        if all(incident != name for name, _, _ in self._opened):
            self._opened.append(
                (incident, self._clock.now().isoformat(timespec="seconds"), _started(self._clock))
            )
        self.tick()

    def tick(self) -> None:
        for incident, shown, _ in self._opened:
            since_ring = self._rang.get(incident)
            if since_ring is None or since_ring() >= self._repeat_after_s:
                self._rang[incident] = _started(self._clock)
                self._phone.ring(incident=incident, opened_at=shown)

    def acknowledge(self, incident: str) -> float:
        for entry in self._opened:
            if entry[0] == incident:
                self._opened.remove(entry)
                del self._rang[incident]
                return entry[2]()
        raise NotOpen(incident)
