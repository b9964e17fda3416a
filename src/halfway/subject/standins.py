"""What simulated code finds in the place of the real thing.

A `time.sleep` that takes virtual time, event loops in virtual time.

They are in their places while simulated code runs, and out of them when it has ended. Code that captured one
keeps it; it does what the real one does when nobody is simulated.
"""

import asyncio
import sys
import threading
import time
from asyncio import events
from typing import Any, Protocol

_real_sleep = time.sleep


class Host(Protocol):
    """Who is charged for the time, and where event loops come from."""

    def block(self, seconds: float, function: str, line: int) -> None:
        """Let `seconds` of virtual time pass with nothing else going on."""

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Give an event loop in virtual time."""


_hosts: list[Host] = []
_threads: list[int] = []
_loops_set: list[asyncio.AbstractEventLoop | None] = []


def _is_simulated() -> bool:
    return bool(_hosts) and _threads[-1] == threading.get_ident()


def host() -> Host | None:
    """Give whoever is charged now; None where nobody is simulated."""
    return _hosts[-1] if _is_simulated() else None


def charged_sleep(seconds: Any, /) -> None:
    """`time.sleep` in simulated code: it takes virtual time, and blocks the whole process for it."""
    if not _is_simulated():
        _real_sleep(seconds)
        return
    if not seconds >= 0:
        raise ValueError("sleep length must be non-negative")
    frame = sys._getframe(1)
    _hosts[-1].block(float(seconds), frame.f_code.co_name, frame.f_lineno or 0)


class _Policy:
    """Where `asyncio.run`, `asyncio.Runner` and `asyncio.new_event_loop` find their loops."""

    def get_event_loop(self) -> asyncio.AbstractEventLoop:
        loop = _loops_set[-1]
        if loop is None or loop.is_closed():
            loop = _loops_set[-1] = self.new_event_loop()
        return loop

    def set_event_loop(self, loop: asyncio.AbstractEventLoop | None) -> None:
        _loops_set[-1] = loop

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return _hosts[-1].new_loop()


_POLICY = _Policy()


class StandIns:
    """Used in `with`: simulated code runs. Works inside another running loop too (a notebook, a page)."""

    __slots__ = ("_before", "_host", "_loop", "_task")

    def __init__(self, host: Host) -> None:
        self._host = host

    def __enter__(self) -> None:
        self._before = (time.sleep, events._event_loop_policy)  # type: ignore[attr-defined]
        _hosts.append(self._host)
        _threads.append(threading.get_ident())
        _loops_set.append(None)
        time.sleep = charged_sleep
        events._event_loop_policy = _POLICY  # type: ignore[attr-defined]
        loop = self._loop = events._get_running_loop()
        if loop is not None:
            self._step_out(loop)

    def __exit__(self, *problem: object) -> None:
        time.sleep, events._event_loop_policy = self._before  # type: ignore[attr-defined]
        _hosts.pop()
        _threads.pop()
        _loops_set.pop()
        if self._loop is not None:
            self._step_in(self._loop)

    # From 3.14 on the current task belongs to the thread, so the outer one has to be left too.

    def _step_out(self, loop: asyncio.AbstractEventLoop) -> None:
        self._task = asyncio.current_task(loop)
        if self._task is not None:
            asyncio.tasks._leave_task(loop, self._task)
        events._set_running_loop(None)

    def _step_in(self, loop: asyncio.AbstractEventLoop) -> None:
        events._set_running_loop(loop)
        if self._task is not None:
            asyncio.tasks._enter_task(loop, self._task)
