"""freezegun, coupled to the virtual clock: `datetime.now()` and `time.time()` agree with the loop."""

import re
from datetime import timedelta
from typing import Any

from halfway.sim.world import EPOCH

_TIME_IMPORTED = re.compile(r"^\s*(?:from|import)\s[^#\n]*\b(?:time|datetime|uuid)\b", re.MULTILINE)


class FrozenTime:
    """Real clocks, frozen once and then moved.

    To freeze costs milliseconds and grows with the modules that are imported; to move costs less than a microsecond.
    freezegun moves the wall clock and the monotonic one together: for two hands, a unit gives its code a clock port.
    """

    def __init__(self) -> None:
        self._freezer: Any = None
        self._factory: Any = None
        self._epoch = EPOCH.replace(tzinfo=None)

    @staticmethod
    def is_wanted(source: str) -> bool:
        """Does the source import a clock at all? For one that does not, nothing is frozen."""
        return _TIME_IMPORTED.search(source) is not None

    def start(self) -> None:
        """Freeze, if that has not happened yet."""
        if self._freezer is None:
            from freezegun import freeze_time  # costs 30 ms, and most units need no clock

            self._freezer = freeze_time(self._epoch)
            self._factory = self._freezer.start()

    def move(self, now_ns: int) -> None:
        """Go to this virtual time."""
        self._factory.time_to_freeze = self._epoch + timedelta(microseconds=now_ns // 1000)

    def stop(self) -> None:
        """Thaw."""
        if self._freezer is not None:
            self._freezer.stop()
            self._freezer = self._factory = None
