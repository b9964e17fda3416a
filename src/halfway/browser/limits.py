"""What a submission may use in a page, where there is no process to end, no signal and no second thread.

Time is looked at from within: the learner's own loops and calls are counted, and every so often the clock is
read. What loops inside of C is out of reach of this; whoever holds the worker ends that one from outside.
"""

from __future__ import annotations

import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from halfway.links.guard import (
    Frames,
    Guard,
    IsTheirs,
    Limits,
    ProcessRefusedError,
    frames_of,
    refusal,
    take_streams,
)

STEPS_PER_LOOK = 1_024
"""How many loops and calls of the learner's code pass between two looks at the clock."""
NETWORK_EVENTS = frozenset(("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind"))
THREAD_EVENTS = frozenset(("_thread.start_new_thread", "_thread.start_joinable_thread"))
_TOOL = 4


class PageGuard(Guard):
    """Holds one run in this interpreter to its limits, and leaves all as it was. Used in `with`."""

    _standing: ClassVar[PageGuard | None] = None
    _is_listening: ClassVar[bool] = False

    def __init__(
        self,
        limits: Limits,
        is_theirs: IsTheirs,
        report: Callable[[str, Frames], None],
        now: Callable[[], float] = time.monotonic,  # bound here: a frozen clock cannot take its place
    ) -> None:
        super().__init__(limits, is_theirs, report)
        self._now = now
        self._ends = now() + limits.seconds
        self._steps = 0
        self._armed: set[types.CodeType] = set()
        self._streams: tuple[Any, ...] = ()

    def __enter__(self) -> PageGuard:
        self._streams = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__, sys.stdin, sys.__stdin__)
        take_streams(self._sink)
        PageGuard._standing = self
        listen()
        self._watch()
        return self

    def __exit__(self, *problem: object) -> None:
        self._unwatch()
        PageGuard._standing = None
        sys.stdin.close()
        (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__, sys.stdin, sys.__stdin__) = self._streams  # type: ignore[misc]

    def sleep(self, seconds: float) -> None:
        """Waits in real time, at most until the time is used up."""
        left = self._ends - self._now()
        if seconds > left:
            self._wait(left)
            self._ring(0, sys._getframe(1))
        self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        until = self._now() + seconds
        while self._now() < until:
            pass

    # ---- time, looked at while their code loops and calls

    def _watch(self) -> None:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        events = monitoring.events
        monitoring.use_tool_id(_TOOL, "halfway page")
        for event in (events.JUMP, events.PY_START):
            monitoring.register_callback(_TOOL, event, self._step)

    def arm(self, code: types.CodeType) -> None:
        """Counts the loops and calls of this code, and of every function in it."""
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        events = monitoring.events
        for one in _with_nested(code):
            if one not in self._armed:
                self._armed.add(one)
                monitoring.set_local_events(_TOOL, one, events.JUMP | events.PY_START)

    def _unwatch(self) -> None:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        # Disarmed before the tool is given back: events stay armed otherwise.
        for code in self._armed:
            monitoring.set_local_events(_TOOL, code, 0)
        for event in (monitoring.events.JUMP, monitoring.events.PY_START):
            monitoring.register_callback(_TOOL, event, None)
        monitoring.free_tool_id(_TOOL)

    def _step(self, *_: object) -> None:
        self._steps += 1
        # Once the limit is reached every step says so: code that catches everything does not go on.
        if self.reached or (not self._steps % STEPS_PER_LOOK and self._now() > self._ends):
            self._ring(0, sys._getframe(1))


def _with_nested(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _with_nested(constant)


def listen() -> None:
    """Begins to hear what code in this interpreter does; for good, for such a hook cannot be taken back."""
    if not PageGuard._is_listening:
        PageGuard._is_listening = True
        sys.addaudithook(_heard)
        subprocess._can_fork_exec = True  # type: ignore[attr-defined]  # so that our words come first


def _heard(event: str, args: tuple[Any, ...]) -> None:
    """Arms the learner's code before its first line, and refuses what a page does not have."""
    guard = PageGuard._standing
    if guard is None:
        return
    if event == "exec" and guard.is_theirs(args[0].co_filename):
        guard.arm(args[0])
    elif (why := refusal(event)) and frames_of(sys._getframe(1), guard.is_theirs):
        raise ProcessRefusedError(why)
    elif event in NETWORK_EVENTS and frames_of(sys._getframe(1), guard.is_theirs):
        raise ProcessRefusedError(f"your code opens a connection ({event}), and this unit needs none")
    elif event in THREAD_EVENTS and frames_of(sys._getframe(1), guard.is_theirs):
        raise ProcessRefusedError("your code starts a thread, and this unit needs none")


def page_sleep(seconds: float, /) -> None:
    """`time.sleep` of a page: it waits, and no longer than the run may last."""
    guard = PageGuard._standing
    if guard is not None and frames_of(sys._getframe(1), guard.is_theirs):
        guard.sleep(float(seconds))
