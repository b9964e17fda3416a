"""`threading.Thread`, `ThreadPoolExecutor` and their like for simulated code: no thread of the system begins.

What they are to do is done in line (`subject.pending`). For everybody else they are the real ones.
"""

import _thread
import asyncio
import concurrent.futures
import concurrent.futures.thread
import heapq
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from halfway.subject import held_locks, hosts
from halfway.subject.hosts import host
from halfway.subject.pending import NS, Late, later, until
from halfway.subject.standins import StandIns, in_a_thread

Pool = concurrent.futures.ThreadPoolExecutor
_start, _join, _is_alive, _submit = (
    threading.Thread.start,
    threading.Thread.join,
    threading.Thread.is_alive,
    Pool.submit,
)
_start_new_thread = _thread.start_new_thread
_KEPT = "_halfway_in_line"
"""Where a thread and a pool keep what is done in line for them."""
_NO_PROCESSES = (
    "multiprocessing has no processes and no pools in a simulation; "
    "concurrent.futures.ThreadPoolExecutor has threads, and asyncio has tasks"
)
_NOT_STARTED, _STARTED_TWICE = "thread.__init__() not called", "threads can only be started once"


class InLine:
    """One thread that has been started."""

    __slots__ = ("_thread", "is_over")

    def __init__(self, thread: threading.Thread) -> None:
        self._thread, self.is_over = thread, False

    def begin(self) -> None:
        """From now on it may run."""
        charged, thread = host(), self._thread
        assert charged is not None
        what, after_s = self._run, 0.0
        if isinstance(thread, threading.Timer) and type(thread).run is threading.Timer.run:
            what, after_s = partial(self._ring, thread), thread.interval
        later(charged, charged.now_ns + round(after_s * NS), what)

    def is_alive(self) -> bool:
        """Has it still to run, or does it sleep?"""
        if isinstance(self._thread, threading.Timer) and self._thread.finished.is_set():
            return False
        return not self.is_over

    def join(self, timeout: float | None) -> None:
        """Wait for its end."""
        if host() is not None:
            why = "it waits for a thread that waits for it"
            until(lambda: not self.is_alive(), timeout, why)

    def _ring(self, timer: threading.Timer) -> None:
        if not timer.finished.is_set():
            self._run(partial(timer.function, *timer.args, **timer.kwargs))
            timer.finished.set()

    def _run(self, what: Callable[[], Any] | None = None) -> None:
        slept_s = done_as(self._thread, what or self._thread.run)
        charged = host()
        if slept_s > 0 and charged is not None:
            later(charged, charged.now_ns + round(slept_s * NS), self._end)
        else:
            self._end()

    def _end(self) -> None:
        self.is_over = True


def done_as(thread: threading.Thread | None, what: Callable[[], Any]) -> float:
    """Do it as this thread does, and give the seconds that it slept; nobody hears of its error but a hook."""
    _, error, slept_s = in_a_thread(what, thread or threading.Thread(name="a thread of _thread"))
    if error is not None and not isinstance(error, SystemExit):
        _tell(thread, error)
    return slept_s


def _tell(thread: threading.Thread | None, error: BaseException) -> None:
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_globals.get("__name__", "").startswith("halfway."):
        traceback = traceback.tb_next
    threading.excepthook(threading.ExceptHookArgs((type(error), error, traceback, thread)))


class Jobs:
    """What a pool has been given. To a pool that is shut down it is the thread that it joins."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self._open = pool, set[concurrent.futures.Future[Any]]()
        self._worker = threading.Thread(name="a worker of a pool")
        self._free_ns: list[int] = []
        self._is_begun = False

    def take(self, what: Callable[[], Any]) -> concurrent.futures.Future[Any]:
        """Give the future of a job."""
        charged = host()
        assert charged is not None
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        later(charged, charged.now_ns, partial(self._run, future, what))
        return future

    def join(self, timeout: float | None = None) -> None:
        """Wait until every job has ended."""
        if host() is not None:
            until(lambda: not self._open, timeout, "it waits for a pool that waits for it")

    def _run(self, future: concurrent.futures.Future[Any], what: Callable[[], Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        begin = getattr(self._pool, "_initializer", None)
        if begin is not None and not self._is_begun:
            self._is_begun = True
            in_a_thread(partial(begin, *self._pool._initargs), self._worker)
        value, error, slept_s = in_a_thread(what, self._worker)
        settle, charged = partial(_settle, future, value, error), host()
        assert charged is not None
        begins_ns = charged.now_ns
        if len(self._free_ns) >= self._pool._max_workers:
            begins_ns = max(begins_ns, heapq.heappop(self._free_ns))
        ends_ns = begins_ns + round(slept_s * NS)
        heapq.heappush(self._free_ns, ends_ns)
        if ends_ns > charged.now_ns:
            later(charged, ends_ns, settle)
        else:
            settle()


def _settle(future: concurrent.futures.Future[Any], value: Any, error: BaseException | None) -> None:
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(value)


# ---- what stands in their places


def start(self: threading.Thread) -> None:
    """Thread.start."""
    if host() is None:
        _start(self)
        return
    if not self._initialized:  # type: ignore[attr-defined]
        raise RuntimeError(_NOT_STARTED)
    if self._started.is_set():  # type: ignore[attr-defined]
        raise RuntimeError(_STARTED_TWICE)
    self._started.set()  # type: ignore[attr-defined]
    kept = self.__dict__[_KEPT] = InLine(self)
    if type(self).__module__.startswith("multiprocessing."):
        kept.is_over = True
        raise RuntimeError(_NO_PROCESSES)
    kept.begin()


def join(self: threading.Thread, timeout: float | None = None) -> None:
    """Thread.join."""
    kept = self.__dict__.get(_KEPT)
    if kept is None:
        _join(self, timeout)
    elif threading.current_thread() is self:
        raise RuntimeError("cannot join current thread")
    else:
        kept.join(timeout)


def is_alive(self: threading.Thread) -> bool:
    """Thread.is_alive."""
    kept = self.__dict__.get(_KEPT)
    return _is_alive(self) if kept is None else kept.is_alive()


def submit(self: Pool, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """ThreadPoolExecutor.submit."""
    if host() is None:
        return _submit(self, fn, *args, **kwargs)
    if self._shutdown:
        raise RuntimeError("cannot schedule new futures after shutdown")
    jobs: Jobs | None = self.__dict__.get(_KEPT)
    if jobs is None:
        jobs = self.__dict__[_KEPT] = Jobs(self)
        threads: Any = self._threads
        threads.add(jobs)
    return jobs.take(partial(fn, *args, **kwargs))


def start_new_thread(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any] | None = None, /
) -> int:
    """_thread.start_new_thread."""
    charged = host()
    if charged is None:
        return _start_new_thread(function, args, kwargs or {})
    later(charged, charged.now_ns, partial(done_as, None, partial(function, *args, **(kwargs or {}))))
    return _thread.get_ident()


class ThreadsInLine(StandIns):
    """Used in `with`: simulated code runs that may start threads."""

    __slots__ = ("_threads",)

    def __enter__(self) -> None:
        super().__enter__()
        self._threads = _put(_IN_LINE)

    def __exit__(self, *problem: object) -> None:
        _put(self._threads)
        super().__exit__(*problem)


class RealTime:
    """Who is charged where nobody is simulated: real time passes."""

    def __init__(self) -> None:
        self.late: list[Late] = []

    @property
    def now_ns(self) -> int:
        """What time it is, by a clock that goes on."""
        return time.monotonic_ns()

    def block(self, seconds: float, function: str, line: int) -> None:
        """Wait for so long."""
        time.sleep(seconds)

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Give an event loop of asyncio's own."""
        return asyncio.new_event_loop()


@contextmanager
def without_threads() -> Iterator[None]:
    """Where the system has no threads, as in a page: those of code that nobody simulates are in line, too."""
    hosts.enter(RealTime())
    before = threading._allocate_lock  # type: ignore[attr-defined]
    threading._allocate_lock = held_locks.waiter  # type: ignore[attr-defined]
    threads = _put(_IN_LINE)
    try:
        yield
    finally:
        _put(threads)
        threading._allocate_lock = before  # type: ignore[attr-defined]
        hosts.leave()


_PLACES: tuple[tuple[Any, str], ...] = (
    (threading.Thread, "start"),
    (threading.Thread, "join"),
    (threading.Thread, "is_alive"),
    (Pool, "submit"),
    (_thread, "start_new_thread"),
    (queue, "SimpleQueue"),
)
_IN_LINE = start, join, is_alive, submit, start_new_thread, queue._PySimpleQueue  # type: ignore[attr-defined]


def _put(things: tuple[Any, ...]) -> tuple[Any, ...]:
    """Put these in their places, and give what was there."""
    before = tuple(getattr(place, name) for place, name in _PLACES)
    for (place, name), thing in zip(_PLACES, things, strict=True):
        setattr(place, name, thing)
    return before
