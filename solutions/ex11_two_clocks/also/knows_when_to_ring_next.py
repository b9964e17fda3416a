"""One record for each incident, which knows the moment of its next ring."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

__all__ = ["Clock", "Phone", "Reminder"]


class Clock(Protocol):
    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class Phone(Protocol):
    def ring(self, incident: str, opened_at: str) -> None: ...


@dataclass
class _Open:
    shown: str
    since_s: float
    next_ring_s: float


class Reminder:
    def __init__(self, clock: Clock, phone: Phone, *, repeat_after_s: float) -> None:
        self._clock, self._phone, self._repeat_after_s = clock, phone, repeat_after_s
        self._open: dict[str, _Open] = {}

    def open(self, incident: str) -> None:
        if incident in self._open:
            return
        now_s = self._clock.monotonic()
        entry = _Open(self._clock.now().isoformat(), now_s, now_s + self._repeat_after_s)
        self._open[incident] = entry
        self._phone.ring(incident, entry.shown)

    def tick(self) -> None:
        now_s = self._clock.monotonic()
        for incident, entry in self._open.items():
            if now_s >= entry.next_ring_s:
                entry.next_ring_s = now_s + self._repeat_after_s
                self._phone.ring(incident, entry.shown)

    def acknowledge(self, incident: str) -> float:
        return self._clock.monotonic() - self._open.pop(incident).since_s
