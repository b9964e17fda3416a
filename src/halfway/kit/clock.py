"""A clock with two hands, moved by a test and by nobody else."""

from datetime import UTC, datetime, timedelta

from halfway.sim import EPOCH
from halfway.sim.timeline import NS


class FakeClock:
    """A clock for synchronous code.

    `now()` is the wall hand, `monotonic()` the other; they move apart on purpose.

    `sleep(seconds)` moves both and returns at once. `set_wall(seconds)` moves the wall hand alone, back or
    forth, as an administrator or a time server does. `slept` lists what was slept, in seconds.
    """

    def __init__(self, start: datetime = EPOCH) -> None:
        if start.tzinfo is None:
            raise ValueError("a wall clock needs a time zone: datetime(..., tzinfo=UTC)")
        self._start = start.astimezone(UTC)
        self._monotonic_ns = self._wall_ns = 0
        self.slept: list[float] = []

    def now(self) -> datetime:
        """When it is, by the wall clock, in UTC."""
        return self._start + timedelta(microseconds=self._wall_ns // 1000)

    def time(self) -> float:
        """Seconds since 1970, by the wall clock."""
        return self.now().timestamp()

    def monotonic(self) -> float:
        """Seconds since this clock was made, by the hand that never goes back."""
        return self._monotonic_ns / NS

    def sleep(self, seconds: float) -> None:
        """Move both hands and note it. Raises ValueError for less than nothing."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.slept.append(seconds)
        self.move(seconds)

    def move(self, seconds: float) -> None:
        """Let time pass: both hands move."""
        self._monotonic_ns += round(seconds * NS)
        self._wall_ns += round(seconds * NS)

    def set_wall(self, seconds: float) -> None:
        """Set the wall hand, and it alone, this much forth, or back if negative."""
        self._wall_ns += round(seconds * NS)
