"""What simulated code finds in the place of the real thing.

A `time.sleep` that takes virtual time, event loops in virtual time, locks that know who holds them, and what
belongs to a thread.

They are in their places while simulated code runs, and out of them when it has ended. Code that captured one
keeps it; it does what the real one does when nobody is simulated.
"""

import _threading_local
import asyncio
import sys
import threading
import time
from asyncio import events
from collections.abc import Callable
from contextvars import Context
from typing import Any, TypeVar

from halfway.errors import StopError
from halfway.subject import held_locks, hosts, pending
from halfway.subject.hosts import CALL, Host, host

T = TypeVar("T")
_real_sleep = time.sleep


_loops_set: list[asyncio.AbstractEventLoop | None] = []


def charged_sleep(seconds: Any, /) -> None:
    """`time.sleep` in simulated code: it takes virtual time, and blocks the whole process for it."""
    charged = host()
    if charged is None:
        _real_sleep(seconds)
        return
    if not seconds >= 0:
        raise ValueError("sleep length must be non-negative")
    if charged.late and not isinstance(charged, pending.Meanwhile):
        pending.sleep(charged, float(seconds))
        return
    frame = sys._getframe(1)
    charged.block(float(seconds), frame.f_code.co_name, frame.f_lineno or 0)


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
        return hosts.newest().new_loop()


_POLICY = _Policy()


class StandIns:
    """Used in `with`: simulated code runs. Works inside another running loop too (a notebook, a page)."""

    __slots__ = ("_before", "_host", "_loop", "_policy", "_task")

    def __init__(self, host: Host) -> None:
        self._host = host

    def __enter__(self) -> None:
        self._before = (
            *(time.sleep, threading.Lock, threading.RLock, threading._allocate_lock),  # type: ignore[attr-defined]
            *(threading.local, threading.get_ident),
        )
        self._policy = events._event_loop_policy  # type: ignore[attr-defined]
        hosts.enter(self._host)
        _loops_set.append(None)
        time.sleep = charged_sleep
        threading.Lock, threading.RLock = held_locks.Lock, held_locks.RLock  # type: ignore[assignment]
        threading._allocate_lock = held_locks.waiter  # type: ignore[attr-defined]
        # The real one is made in C, and asks the system which thread runs.
        threading.local = _threading_local.local  # type: ignore[assignment]
        threading.get_ident = held_locks.get_ident
        events._event_loop_policy = _POLICY  # type: ignore[attr-defined]
        loop = self._loop = events._get_running_loop()
        if loop is not None:
            self._step_out(loop)

    def __exit__(self, *problem: object) -> None:
        time.sleep, threading.Lock, threading.RLock, threading._allocate_lock = self._before[:4]  # type: ignore[attr-defined]
        threading.local, threading.get_ident = self._before[4:]
        events._event_loop_policy = self._policy  # type: ignore[attr-defined]
        hosts.leave()
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


def in_another_thread(host: Host, call: Callable[[], T]) -> T:
    """Make a call as another thread makes it: with no loop, no task, no lock, and a context of its own."""
    with StandIns(host), held_locks.elsewhere():
        return Context().run(call)


def in_a_thread(
    what: Callable[[], T], thread: threading.Thread | None = None
) -> tuple[T | None, BaseException | None, float]:
    """Do what this thread is to do: give its value, or its error, and the seconds that it slept."""
    meanwhile, value, error = pending.Meanwhile(host()), None, None
    context = Context()
    context.run(CALL.set, CALL.get())
    with StandIns(meanwhile), held_locks.elsewhere(thread):
        try:
            value = context.run(what)
        except (StopError, hosts.HungError, KeyboardInterrupt):
            raise
        except BaseException as raised:
            error = raised
    return value, error, meanwhile.seconds
