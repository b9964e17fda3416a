"""`threading`, as a program's threads have it here: locks, conditions, events and semaphores.

Each is what the library's own is, without threads: whoever has to wait takes a step that says for what. A
`with` outside of a thread works as long as nobody has to wait.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from halfway.subject.stepping import AT_ONCE, Steps, Wait, at_once, call, out, steps_of

NS = 1_000_000_000


class Now:
    """Who runs at the moment, and when: the scheduler says it."""

    thread: str = ""
    """The name of the thread that runs; "" outside of threads."""
    ns: Callable[[], int] = staticmethod(lambda: 0)


def until_ns(timeout: float | None) -> int | None:
    """When a wait that begins now is over at the latest."""
    if timeout is None or timeout < 0:
        return None
    return Now.ns() + round(timeout * NS)


def by(*names: str) -> Callable[[type], type]:
    """Decorate a class: its methods of these names take steps, those of `_name_`."""

    def decorated(kind: Any) -> Any:
        for name in names:
            steps_of(vars(kind)[name], _of(f"_{name.strip('_')}_"))
        return kind

    return decorated


def _of(name: str) -> Callable[..., Steps]:
    """The steps that an object's own class has under this name."""

    def steps(self: Any, *args: Any, **kwargs: Any) -> Steps:
        made: Steps = getattr(self, name)(*args, **kwargs)
        return made

    return steps


def soon(*names: str) -> Callable[[type], type]:
    """Decorate a class: before its methods of these names no other thread goes on."""

    def decorated(kind: Any) -> Any:
        for name in names:
            steps_of(vars(kind)[name], vars(kind)[name], AT_ONCE)
        return kind

    return decorated


@soon("release", "locked", "__exit__")
@by("acquire", "__enter__")
class Lock:
    """threading.Lock."""

    def __init__(self) -> None:
        self._holder: str | None = None

    def _is_free(self) -> bool:
        return self._holder is None

    def _told(self) -> str:
        holder = self._holder
        return f"for a lock that {holder} holds" if holder else "for a lock that somebody holds"

    def _acquire_(self, blocking: bool = True, timeout: float = -1) -> Steps:  # noqa: FBT002 - as there
        if not blocking:
            yield
        else:
            yield Wait(self._is_free, self._told, until_ns(timeout))
        if not self._is_free():
            return False
        self._take()
        return True

    def _take(self) -> None:
        self._holder = Now.thread

    def _enter_(self) -> Steps:
        return (yield from self._acquire_())

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT002 - as there
        return bool(at_once(self._acquire_(blocking, timeout)))

    def release(self) -> None:
        if self._holder is None:
            raise RuntimeError("release unlocked lock")
        self._holder = None

    def locked(self) -> bool:
        return self._holder is not None

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *problem: object) -> None:
        self.release()


@soon("release", "__exit__")
class RLock(Lock):
    """threading.RLock."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def _is_free(self) -> bool:
        return self._holder is None or self._holder == Now.thread

    def _is_free_for(self, who: str) -> bool:
        return self._holder is None or self._holder == who

    def _acquire_(self, blocking: bool = True, timeout: float = -1) -> Steps:  # noqa: FBT002 - as there
        who = Now.thread
        if not blocking:
            yield
        else:
            yield Wait(lambda: self._is_free_for(who), self._told, until_ns(timeout))
        if not self._is_free_for(who):
            return False
        self._take()
        return True

    def _take(self) -> None:
        self._holder = Now.thread
        self._depth += 1

    def release(self) -> None:
        if self._holder != Now.thread:
            raise RuntimeError("cannot release un-acquired lock")
        self._depth -= 1
        if not self._depth:
            self._holder = None

    def __exit__(self, *problem: object) -> None:
        self.release()

    def _let_go(self) -> int:
        depth, self._depth, self._holder = self._depth, 0, None
        return depth


class _Ticket:
    __slots__ = ("is_called",)

    def __init__(self) -> None:
        self.is_called = False


@soon("notify", "notify_all", "release", "__exit__")
@by("acquire", "__enter__", "wait", "wait_for")
class Condition:
    """threading.Condition."""

    def __init__(self, lock: Any = None) -> None:
        self._lock = RLock() if lock is None else lock
        self._waiters: deque[_Ticket] = deque()

    def _check(self) -> None:
        lock = self._lock
        if lock._holder != Now.thread if isinstance(lock, RLock) else not lock.locked():
            raise RuntimeError("cannot wait on or notify a condition whose lock is not held")

    def _acquire_(self, *args: Any, **kwargs: Any) -> Steps:
        return (yield from self._lock._acquire_(*args, **kwargs))

    def _enter_(self) -> Steps:
        return (yield from self._lock._acquire_())

    def _wait_(self, timeout: float | None = None) -> Steps:
        self._check()
        ticket, lock = _Ticket(), self._lock
        self._waiters.append(ticket)
        depth = lock._let_go() if isinstance(lock, RLock) else lock.release()
        yield Wait(
            lambda: ticket.is_called, lambda: "to be notified", None if timeout is None else until_ns(timeout)
        )
        if not ticket.is_called:
            self._waiters.remove(ticket)
        yield from lock._acquire_()
        if depth:
            lock._depth = depth
        return ticket.is_called

    def _wait_for_(self, predicate: Any, timeout: float | None = None) -> Steps:
        ends_ns = None if timeout is None else until_ns(timeout)
        result = out((yield from call(predicate)))
        while not result:
            left = None if ends_ns is None else (ends_ns - Now.ns()) / NS
            if left is not None and left <= 0:
                break
            yield from self._wait_(left)
            result = out((yield from call(predicate)))
        return result

    def acquire(self, *args: Any, **kwargs: Any) -> Any:
        return self._lock.acquire(*args, **kwargs)

    def release(self) -> None:
        self._lock.release()

    def wait(self, timeout: float | None = None) -> Any:
        return at_once(self._wait_(timeout))

    def wait_for(self, predicate: Any, timeout: float | None = None) -> Any:
        return at_once(self._wait_for_(predicate, timeout))

    def notify(self, n: int = 1) -> None:
        self._check()
        for _ in range(min(n, len(self._waiters))):
            self._waiters.popleft().is_called = True

    def notify_all(self) -> None:
        self.notify(len(self._waiters))

    def __enter__(self) -> Any:
        return self._lock.__enter__()

    def __exit__(self, *problem: object) -> None:
        self._lock.release()


@by("wait")
class Event:
    """threading.Event."""

    def __init__(self) -> None:
        self._is_set = False

    def _wait_(self, timeout: float | None = None) -> Steps:
        yield Wait(
            self.is_set, lambda: "for an event to be set", None if timeout is None else until_ns(timeout)
        )
        return self._is_set

    def wait(self, timeout: float | None = None) -> Any:
        return at_once(self._wait_(timeout))

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        self._is_set = True

    def clear(self) -> None:
        self._is_set = False


@soon("__exit__")
@by("acquire", "__enter__")
class Semaphore:
    """threading.Semaphore."""

    def __init__(self, value: int = 1) -> None:
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        self._value = self._first = value

    def _acquire_(self, blocking: bool = True, timeout: float | None = None) -> Steps:  # noqa: FBT002 - as there
        if not blocking:
            yield
        else:
            until = None if timeout is None else until_ns(timeout)
            yield Wait(lambda: self._value > 0, lambda: "for a semaphore above 0", until)
        if self._value <= 0:
            return False
        self._value -= 1
        return True

    def _enter_(self) -> Steps:
        return (yield from self._acquire_())

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:  # noqa: FBT002 - as there
        return bool(at_once(self._acquire_(blocking, timeout)))

    def release(self, n: int = 1) -> None:
        if n < 1:
            raise ValueError("n must be one or more")
        self._value += n

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *problem: object) -> None:
        self.release()


class BoundedSemaphore(Semaphore):
    """threading.BoundedSemaphore."""

    def release(self, n: int = 1) -> None:
        if self._value + n > self._first:
            raise ValueError("Semaphore released too many times")
        super().release(n)


MODELLED = {kind.__name__: kind for kind in (Lock, RLock, Condition, Event, Semaphore, BoundedSemaphore)}
