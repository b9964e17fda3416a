"""freezegun, coupled to the virtual clock: `datetime.now()` and `time.time()` agree with the loop."""

import re
import sys
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

_OURS = ["_pytest.timing"]
"""What goes on with the real clocks: whoever measures how long a test took, across a freeze and a thaw."""
_TIME_IMPORTED = re.compile(r"^\s*(?:from|import)\s[^#\n]*\b(?:time|datetime|uuid)\b", re.MULTILINE)


class MovedClock(Protocol):
    """What shows the virtual time to code that asks for the real one."""

    def start(self, starts_ns: int) -> None: ...
    def move(self, now_ns: int) -> None: ...


@cache
def folder_of_freezegun() -> str | None:
    """Gives the folder where freezegun is installed, for an interpreter that does not look there."""
    from importlib.util import find_spec  # an interpreter that is told the folder never asks

    found = find_spec("freezegun")
    return None if found is None or found.origin is None else str(Path(found.origin).parents[1])


class FrozenTime:
    """Real clocks, frozen once and then moved.

    To freeze costs milliseconds and grows with the modules that are imported; to move costs less than a
    microsecond. So there is one freezer for all of a process, and whoever starts first starts it. freezegun
    moves the wall clock and the monotonic one together: for two hands, a unit gives its code a clock port.
    `folder` is where freezegun is installed, for an interpreter that does not look there.
    """

    _freezer: ClassVar[Any] = None
    _factory: ClassVar[Any] = None
    _users: ClassVar[int] = 0

    def __init__(self, epoch: datetime, folder: str = "") -> None:
        self._epoch, self._folder = epoch.replace(tzinfo=None), folder
        self._starts = self._epoch
        self._is_started = False

    @staticmethod
    def is_wanted(source: str) -> bool:
        """Does the source import a clock at all? For one that does not, nothing is frozen."""
        return _TIME_IMPORTED.search(source) is not None

    @classmethod
    def rehearse(cls, folder: str = "") -> None:
        """Freeze and thaw once, if freezegun is there: it remembers what it finds in every module.

        Each later start, in this process and in those that are forked from it, takes a tenth of the time.
        """
        frozen = cls(datetime(2026, 1, 5), folder)  # noqa: DTZ001 - freezegun's times have no zone
        try:
            frozen.start()
        except ImportError:
            cls._users = 0
        else:
            frozen.stop()

    def start(self, starts_ns: int = 0) -> None:
        """A process begins so long after the epoch: freeze, if that has not happened yet, and go there."""
        self._starts = self._epoch + timedelta(microseconds=starts_ns // 1000)
        if not self._is_started:
            self._is_started = True
            FrozenTime._users += 1
            if FrozenTime._users == 1:
                FrozenTime._freezer = self._freeze_time()(self._epoch, ignore=_OURS)
                FrozenTime._factory = FrozenTime._freezer.start()
        self.move(0)

    def _freeze_time(self) -> Any:
        if self._folder:
            sys.path.append(self._folder)
        try:
            from freezegun import freeze_time  # costs 30 ms, and most units need no clock
        finally:
            if self._folder:
                sys.path.remove(self._folder)
        return freeze_time

    def move(self, now_ns: int) -> None:
        """Go to this time, counted from when the process began."""
        FrozenTime._factory.time_to_freeze = self._starts + timedelta(microseconds=now_ns // 1000)

    def stop(self) -> None:
        """Thaw, when nobody else needs it frozen."""
        if self._is_started:
            self._is_started = False
            FrozenTime._users -= 1
            if FrozenTime._users == 0:
                FrozenTime._freezer.stop()
                FrozenTime._freezer = FrozenTime._factory = None
