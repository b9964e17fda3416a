"""A clock whose two hands move when they are told."""

from datetime import datetime, timedelta, timezone
from typing import Any

from halfway.kit.for_callers.two_hands import TwoHands
from halfway.sim import Port
from halfway.sim.pressures import BETWEEN

ODD_S = 86_400.1
"""What the other hand shows at first: no float holds it to the last bit, as it is with most readings."""
IN_WINTER = timezone(timedelta(hours=1))
BEFORE_SUMMER_TIME = datetime(2026, 3, 29, 1, 55, tzinfo=IN_WINTER)
READING_S = 1 / 512


class Hands(TwoHands):
    """The two hands of a clock, for whoever arranges a story; a port's caller does not see them.

    Seconds of the story go by with both hands, also where one of them stands still.
    """

    def __init__(self, world: Any, wall: datetime, monotonic_s: float) -> None:
        super().__init__(wall, monotonic_s)
        self._world = world

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: its wall hand is right when it wakes, and the other one has stood still."""
        self._world.pass_time(seconds)
        super().sleep(seconds)


class FakeClock(Port):
    """A clock with two hands, `now()` and `monotonic()`: they move when `hands` is told, each on its own.

    It agrees with nobody: not with the loop's time, not with the machine's. Under the pressure of what
    happens between two lines a moment passes before each reading, a 512th of a second; a clock that is
    `still` stands where it is. Readings are as odd as real ones: where every sum of them is to be exact,
    `monotonic_s` is a number of 512ths.
    """

    raises = ()

    def __init__(
        self,
        story: Any,
        *,
        wall: datetime = BEFORE_SUMMER_TIME,
        monotonic_s: float = ODD_S,
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
