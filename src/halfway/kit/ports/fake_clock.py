"""A clock whose two hands move when they are told."""

from datetime import datetime, timedelta, timezone
from typing import Any

from halfway.sim import Port
from halfway.sim.pressures import BETWEEN
from halfway.sim.timeline import NS

DAY_S = 86_400.0
IN_WINTER = timezone(timedelta(hours=1))
BEFORE_SUMMER_TIME = datetime(2026, 3, 29, 1, 55, tzinfo=IN_WINTER)
READING_S = 1 / 512


class Hands:
    """The two hands of a clock, for whoever arranges a story; a port's caller does not see them.

    Seconds are floats. Those of the story go by with both hands, also where one of them stands still.
    """

    def __init__(self, world: Any, wall: datetime, monotonic_s: float) -> None:
        self._world, self._wall, self._monotonic_ns = world, wall, round(monotonic_s * NS)
        self._offset = wall.utcoffset() or timedelta()

    @property
    def wall(self) -> datetime:
        """What the wall hand shows: whole seconds, with its offset from UTC."""
        return self._wall.replace(microsecond=0).astimezone(timezone(self._offset))

    @property
    def monotonic_s(self) -> float:
        """What the other hand shows, in seconds."""
        return self._monotonic_ns / NS

    def go_on(self, seconds: float) -> None:
        """Time goes by, and both hands show it."""
        self.sleep(seconds)
        self._monotonic_ns += round(seconds * NS)

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: its wall hand is right when it wakes, and the other one has stood still."""
        self._world.pass_time(seconds)
        self._wall += timedelta(seconds=seconds)

    def set(self, seconds: float) -> None:
        """Somebody sets the wall hand so many seconds forward, or back for less than nothing."""
        self._wall += timedelta(seconds=seconds)

    def turn(self, hours: float) -> None:
        """The offset from UTC changes by so many hours, as it does in summer: it is no other moment."""
        self._offset += timedelta(hours=hours)


class FakeClock(Port):
    """A clock with two hands, `now()` and `monotonic()`: they move when `hands` is told, each on its own.

    It agrees with nobody: not with the loop's time, not with the machine's. Under the pressure of what
    happens between two lines a moment passes before each reading, a 512th of a second, so that every sum of
    readings is exact; a clock that is `still` stands where it is.
    """

    raises = ()

    def __init__(
        self,
        story: Any,
        *,
        wall: datetime = BEFORE_SUMMER_TIME,
        monotonic_s: float = DAY_S,
        still: bool = False,
    ) -> None:
        super().__init__(story)
        self.hands = Hands(self.world, wall, monotonic_s)
        self.still = still or BETWEEN not in self.world.pressures

    def now(self) -> datetime:
        """When it is, to the second, by the wall hand."""
        self._pass_between()
        return self.hands.wall

    def monotonic(self) -> float:
        """Seconds since a moment that nobody knows, by the other hand."""
        self._pass_between()
        return self.hands.monotonic_s

    def _pass_between(self) -> None:
        if not self.still:
            self.hands.go_on(READING_S)
