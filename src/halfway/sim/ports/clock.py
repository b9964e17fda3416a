"""What time it is, and how time passes."""

from collections.abc import Generator
from datetime import datetime
from typing import Any

from halfway.sim.timeline import NS
from halfway.sim.world import Port, takes_time

HOUR_NS = 3_600 * NS


class Clock(Port):
    """A clock with two hands: `now()` is the wall hand, `monotonic()` the one that never goes back.

    `sleep(seconds)` is asynchronous; `wait(seconds)` lets the whole process stand still. Both take the time
    that they are told, and raise ValueError for less than nothing. `waited` lists every wait, in seconds.

    SET_BACK: before `now()` is read, the wall hand is set back an hour, as an administrator does.
    """

    raises = (ValueError,)

    def __init__(self, story: Any) -> None:
        super().__init__(story)
        self.waited: list[float] = []

    def now(self) -> datetime:
        """When it is, in UTC, by the wall hand."""
        if self.fault("now", SET_BACK="the wall clock is set back an hour"):
            self.world.wall_ns -= HOUR_NS
        return self.world.wall

    def monotonic(self) -> float:
        """How many seconds have passed since the story began, by the other hand."""
        return self.world.seconds

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
