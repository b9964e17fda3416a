"""`threading.Lock`, `threading.RLock` and `get_ident` of a learner's file, in a process with one thread.

Whoever waits there for a lock that is held waits for ever, for nobody else runs: that is said at once. And it
is known which locks are held when a call ends, and who of several threads would have to wait: a reader that
is asked `elsewhere` is none of those who hold a lock, and what belongs to one thread is not there for it.
"""

import itertools
import sys
import threading
from _thread import RLock as _RealRLock
from _thread import allocate_lock
from _thread import get_ident as _real_ident
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from halfway.subject.hosts import HungError, host
from halfway.subject.pending import Waiter, until

_HELD = "it waits for a lock that is held, and nobody gives it back meanwhile"
_HELD_BY_THE_WORK = "it waits in its thread for a lock that is held while the work waits"
_threads = [0]
_numbers = itertools.count(1)
_idents = [0]
_ANOTHER = threading.Thread(name="another thread")
"""Who runs elsewhere where nobody has said which thread that is."""
_NUMBER = "_halfway_number"


@contextmanager
def elsewhere(thread: threading.Thread | None = None) -> Iterator[None]:
    """What runs in here runs as if in another thread, in this one if it is given.

    A lock that is held is somebody else's, also for the next one who runs in this thread;
    `threading.get_ident`, `threading.current_thread` and `threading.local` tell threads apart.
    """
    thread = _ANOTHER if thread is None else thread
    number = thread.__dict__.setdefault(_NUMBER, next(_numbers))
    outer, ident, active = _real_ident() + _idents[-1], _real_ident() + number, threading._active  # type: ignore[attr-defined]
    # In its place, so that there are as many threads as before.
    before = active.pop(outer, None)
    active[ident] = thread
    _threads.append(next(_numbers))
    _idents.append(number)
    try:
        yield
    finally:
        _idents.pop()
        _threads.pop()
        del active[ident]
        if before is not None:
            active[outer] = before


def get_ident() -> int:
    """Give the number of the thread that runs: each that runs in line has one of its own."""
    return _real_ident() + (_idents[-1] if host() is not None else 0)


def _now() -> tuple[int, int]:
    return _real_ident(), _threads[-1]


def waiter() -> Any:
    """The lock that a Condition makes for each wait; for everybody but simulated code a real one."""
    return allocate_lock() if host() is None else Waiter()


def _is_for_a_program() -> bool:
    """Is it made by a line of a learner's file, or by what of `threading` such a line has called?"""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename == threading.__file__:
        frame = frame.f_back
    place = frame.f_code.co_filename
    return place[:1] == "<" and not place.startswith("<frozen")


class Lock:
    """threading.Lock; for everybody but a learner's file the real one."""

    _real: Any
    _holder: tuple[int, int] | None

    def __new__(cls) -> Any:
        return super().__new__(cls) if _is_for_a_program() else allocate_lock()

    def __init__(self) -> None:
        self._real, self._holder, self._others = allocate_lock(), None, threading.active_count()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT002 - as there
        if not blocking:
            is_got = self._real.acquire(False, timeout)
        else:
            is_got = self._real.acquire(False) or self._wait(timeout)
        if not is_got:
            return False
        self._holder = _now()
        held.add(self)
        return True

    def _wait(self, timeout: float) -> bool:
        """Wait for whoever holds it, if that is a real thread; else it is clear how the wait ends."""
        holder, now = self._holder, _now()
        is_alone = threading.active_count() <= self._others
        if (
            holder is None
            or holder[0] != now[0]
            or not is_alone
            or not -1 <= timeout <= threading.TIMEOUT_MAX
        ):
            return bool(self._real.acquire(True, timeout))
        why = _HELD if holder == now else _HELD_BY_THE_WORK
        if host() is None:
            raise HungError(why)
        until(lambda: not self._real.locked(), None if timeout < 0 else float(timeout), why)
        return bool(self._real.acquire(False))

    def release(self) -> None:
        self._real.release()
        self._let_go()

    def _let_go(self) -> None:
        self._holder = None
        held.discard(self)

    def locked(self) -> bool:
        return bool(self._real.locked())

    def __reduce__(self) -> Any:
        raise TypeError(f"cannot pickle '_thread.{type(self).__name__}' object")

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *problem: object) -> None:
        self.release()


class RLock(Lock):
    """threading.RLock, as above."""

    def __new__(cls) -> Any:
        return object.__new__(cls) if _is_for_a_program() else _RealRLock()

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT002 - as there
        if self._is_owned() or super().acquire(blocking, timeout):
            self._depth += 1
            return True
        return False

    def release(self) -> None:
        if not self._is_owned():
            raise RuntimeError("cannot release un-acquired lock")
        self._depth -= 1
        if not self._depth:
            super().release()

    # What threading.Condition asks of it.

    def _is_owned(self) -> bool:
        return self._holder == _now()

    def _release_save(self) -> int:
        depth, self._depth = self._depth, 0
        super().release()
        return depth

    def _acquire_restore(self, depth: int) -> None:
        super().acquire()
        self._depth = depth


held: set[Lock] = set()
"""The locks that somebody holds now."""
