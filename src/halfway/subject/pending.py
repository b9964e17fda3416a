"""What threads of a learner's file have still to do, in a process with one thread.

A thread that is started and a job that a pool is given run from their start to their end in line: where the
code that began them next waits or sleeps, or in the next turn of its event loop. So the order is the same
each time, and it is one that real threads can have. What waits in such a thread for code that goes on only
afterwards cannot be served, and is told so with its line.
"""

import asyncio
import sys
import types
from asyncio import events
from collections.abc import Callable
from typing import Any

from halfway.subject.hosts import Host, HungError, host

NS = 1_000_000_000
NAPS_MAX = 1_000
"""So often may a thread sleep before it is taken for one that never ends."""
_TO_ITS_END = "here a thread runs from its start to its end while the code that started it waits"
_INSTEAD = "start it once all that it needs is there, or make it a task of asyncio"


def line_of_theirs() -> tuple[str, int]:
    """The function of a learner's file that is running, and its line; ("", 0) for none."""
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None:
        place = frame.f_code.co_filename
        if place[:1] == "<" and place.endswith(".py>"):
            return frame.f_code.co_name, frame.f_lineno or 0
        frame = frame.f_back
    return "", 0


def _who(line: int) -> str:
    return f"line {line}" if line else "it"


class Late:
    """Something that happens at a time, once."""

    __slots__ = ("_handle", "_what", "at_ns", "is_over")

    def __init__(self, at_ns: int, what: Callable[[], Any]) -> None:
        self.at_ns, self._what, self.is_over = at_ns, what, False
        self._handle: asyncio.Handle | None = None

    def happen(self) -> None:
        """It happens, if it has not yet."""
        if self.is_over:
            return
        self.is_over = True
        if self._handle is not None:
            self._handle.cancel()
        self._what()

    def begin(self, charged: Host, loop: asyncio.AbstractEventLoop | None) -> None:
        """From now on it is to come; where a loop runs, this one lets it happen."""
        charged.late.append(self)
        if loop is not None:
            is_now = self.at_ns <= charged.now_ns
            happen = self.happen
            self._handle = loop.call_soon(happen) if is_now else loop.call_at(self.at_ns / NS, happen)


class Meanwhile:
    """Who is charged for what is done in a thread: nobody but the thread."""

    def __init__(self, below: Host | None) -> None:
        self._began_ns = 0 if below is None else below.now_ns
        self._naps = 0
        self.seconds = 0.0
        self.late: list[Late] = [] if below is None else below.late
        self.loop = running_loop(below)

    @property
    def now_ns(self) -> int:
        """What time it is for the thread."""
        return self._began_ns + round(self.seconds * NS)

    def block(self, seconds: float, function: str, line: int) -> None:
        """The thread sleeps. Raises HungError for one that does nothing else."""
        self._naps += 1
        if self._naps > NAPS_MAX:
            raise HungError(f"{_who(line)} sleeps in a thread again and again, and {_TO_ITS_END}")
        self.seconds += seconds

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Refused by name: this is done in line, and nobody could cancel what it waits for."""
        _, line = line_of_theirs()
        where = f" (line {line})" if line else ""
        raise RuntimeError(
            f"there is no event loop in a thread of a simulation{where}; await it on this one instead"
        )


def running_loop(charged: Host | None) -> asyncio.AbstractEventLoop | None:
    """The loop that runs, seen from a thread, too."""
    loop = events._get_running_loop()
    if loop is None and isinstance(charged, Meanwhile):
        return charged.loop
    return loop


def later(charged: Host, at_ns: int, what: Callable[[], Any]) -> Late:
    """Let this happen at that time, or where the code next waits."""
    late = Late(at_ns, what)
    late.begin(charged, running_loop(charged))
    return late


def _next(charged: Host, until_ns: int | None = None) -> Late | None:
    """What is to happen next, by that time."""
    charged.late[:] = [late for late in charged.late if not late.is_over]
    late = min(charged.late, key=lambda each: each.at_ns, default=None)
    return None if late is None or (until_ns is not None and late.at_ns > until_ns) else late


def _pass(charged: Host, until_ns: int) -> None:
    left_ns = until_ns - charged.now_ns
    if left_ns > 0:
        charged.block(left_ns / NS, *line_of_theirs())


def until(is_ready: Callable[[], bool], timeout: float | None, why: str) -> bool:
    """Stand still until it is ready, for so long at most, and let happen what is to happen meanwhile.

    Gives whether it is. Raises HungError where nothing can make it so: `why`, and in a thread in words of its
    own.
    """
    charged = host()
    assert charged is not None
    ends_ns = None if timeout is None else charged.now_ns + round(max(timeout, 0) * NS)
    while not is_ready():
        late = _next(charged, ends_ns)
        if late is None:
            if isinstance(charged, Meanwhile):
                who = _who(line_of_theirs()[1])
                raise HungError(f"{who} waits in a thread, and {_TO_ITS_END}; {_INSTEAD}")
            if ends_ns is None:
                raise HungError(why)
            _pass(charged, ends_ns)
            return is_ready()
        _pass(charged, late.at_ns)
        late.happen()
    return True


def sleep(charged: Host, seconds: float) -> None:
    """Stand still for so long, and let happen what is to happen meanwhile."""
    ends_ns = charged.now_ns + (round(seconds * NS) or seconds > 0)
    while (late := _next(charged, ends_ns)) is not None:
        _pass(charged, late.at_ns)
        late.happen()
    _pass(charged, ends_ns)


def happens_now() -> None:
    """A call has ended: let happen what is due, before anybody looks."""
    charged = host()
    if charged is None or not charged.late:
        return
    while (late := _next(charged, charged.now_ns)) is not None:
        late.happen()


class Waiter:
    """The lock that a `threading.Condition` waits with; events, queues and futures wait with one, too."""

    __slots__ = ("_is_held",)

    def __init__(self) -> None:
        self._is_held = False

    def _is_free(self) -> bool:
        return not self._is_held

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT002 - as there
        if self._is_held and blocking:
            who = _who(line_of_theirs()[1])
            why = f"{who} waits for another thread, and none is there that goes on meanwhile"
            until(self._is_free, None if timeout < 0 else timeout, why)
        if self._is_held:
            return False
        self._is_held = True
        return True

    def release(self) -> None:
        self._is_held = False
