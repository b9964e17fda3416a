"""What time it is, and how time passes: by a clock that agrees with no other."""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

from halfway.sim import Port, takes_time
from halfway.sim.pressures import BETWEEN, OWN_CLOCKS
from halfway.sim.timeline import NS

HOUR_NS = 3_600 * NS
ORIGIN_S, FASTER, READING_S = 86_000.0, 0.001, 0.001


class Clock(Port):
    """A clock with two hands: `now()` is the wall hand, `monotonic()` the one that never goes back.

    Under the pressure of clocks of their own it agrees with nobody: its seconds are not counted from zero, it
    runs a thousandth faster than the loop's time, and its wall hand shows another day than the machine's. A
    millisecond passes between any two readings, for nothing in a program takes no time.

    `sleep(seconds)` is asynchronous; `wait(seconds)` lets the whole process stand still. Both take the time
    that they are told, and raise ValueError for less than nothing. `waited` lists every wait, in seconds.

    SET_BACK: before `now()` is read, the wall hand is set back an hour, as an administrator does.
    """

    raises = (ValueError,)

    def __init__(self, story: Any) -> None:
        super().__init__(story)
        self.waited: list[float] = []
        own = OWN_CLOCKS in self.world.pressures
        self._origin_s = ORIGIN_S if own else 0.0
        self._days = timedelta(days=400) if own else timedelta()

    def now(self) -> datetime:
        """When it is, in UTC, by the wall hand."""
        if self.fault("now", SET_BACK="the wall clock is set back an hour"):
            self.world.wall_ns -= HOUR_NS
        self._pass_between()
        return self.world.wall + self._days + timedelta(seconds=self._fast_s())

    def monotonic(self) -> float:
        """How many seconds have passed since a moment that nobody knows, by the other hand."""
        self._pass_between()
        return self._origin_s + self.world.seconds + self._fast_s()

    def _pass_between(self) -> None:
        if BETWEEN in self.world.pressures:
            self.world.pass_time(READING_S)

    def _fast_s(self) -> float:
        return self.world.seconds * FASTER if OWN_CLOCKS in self.world.pressures else 0.0

    @takes_time
    def sleep(self, seconds: float) -> Generator[float, None, None]:
        """Give way for so long."""
        self._note(seconds)
        yield seconds

    def wait(self, seconds: float) -> None:
        """Stand still for so long."""
        self._note(seconds)
        self.world.pass_time(seconds)
        self.tell(f"{seconds:g} s pass")

    def _note(self, seconds: float) -> None:
        if not seconds >= 0:
            raise ValueError("a wait is not shorter than nothing")
        self.waited.append(seconds)
