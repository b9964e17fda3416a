"""How long a long call takes: past the next timer that its process has set, and not for ever."""

import heapq
from collections.abc import Collection
from typing import Protocol, TypeVar

from halfway.sim.pressures import PATIENCE
from halfway.sim.timeline import NS


class Long(Protocol):
    """A call that may take long."""

    extra_ns: int
    outlasts: bool


R = TypeVar("R", bound=Long)


class Lengths:
    """How patient a process has been with the long calls that it has under way."""

    __slots__ = ("timers_rung",)

    def __init__(self) -> None:
        self.timers_rung = 0
        """How many timers of the process have rung while a long call was under way."""

    def end(self, events: list[tuple[int, int, R]], requests: Collection[R], at_ns: int) -> bool:
        """A timer of the process is due at that time: is it one too many for the long calls under way?

        They come to an end then, before the timer rings.
        """
        if not any(request.extra_ns for request in requests):
            self.timers_rung = 0
            return False
        self.timers_rung += 1
        if self.timers_rung <= PATIENCE:
            return False
        self.timers_rung = 0
        for request in requests:
            request.extra_ns = 0
        events[:] = [(min(event[0], at_ns), *event[1:]) for event in events]
        heapq.heapify(events)
        return True


def outlast(events: list[tuple[int, int, R]], timer_ns: int, last_ns: int) -> R | None:
    """Give the long call that would go on next, and goes on after this timer instead: each does so once.

    Whatever limit somebody sets, of a year for one, a call takes longer than that; but not past `last_ns`.
    """
    at_ns, order, request = events[0]
    late_ns = timer_ns + NS
    if not (request.outlasts and request.extra_ns) or at_ns >= timer_ns or late_ns > last_ns:
        return None
    request.outlasts = False
    heapq.heapreplace(events, (late_ns, order, request))
    return request
