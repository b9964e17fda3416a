"""The two hands of a clock that moves when it is told: for a port's clock, and for callers' own."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class TwoHands:
    """What a clock shows, and what is done to it. Seconds are floats; a moment is kept in nanoseconds.

    It is a part for `callers` too, where thousands of calls are made in a moment, and knows nothing but what
    it imports itself.
    """

    def __init__(self, wall: "datetime", monotonic_s: float) -> None:
        from datetime import timedelta

        self._wall, self._monotonic_ns = wall, round(monotonic_s * 10**9)
        self._offset = wall.utcoffset() or timedelta()

    @property
    def wall(self) -> "datetime":
        """What the wall hand shows: whole seconds, with its offset from UTC."""
        from datetime import timezone

        return self._wall.replace(microsecond=0).astimezone(timezone(self._offset))

    @property
    def monotonic_s(self) -> float:
        """What the other hand shows, in seconds."""
        return self._monotonic_ns / 10**9

    def go_on(self, seconds: float) -> None:
        """Time goes by, and both hands show it."""
        self.sleep(seconds)
        self._monotonic_ns += round(seconds * 10**9)

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: its wall hand is right when it wakes, and the other one has stood still."""
        self.set(seconds)

    def set(self, seconds: float) -> None:
        """Somebody sets the wall hand so many seconds forward, or back for less than nothing."""
        from datetime import timedelta

        self._wall += timedelta(seconds=seconds)

    def turn(self, hours: float) -> None:
        """The offset from UTC changes by so many hours, as it does in summer: it is no other moment."""
        from datetime import timedelta

        self._offset += timedelta(hours=hours)
