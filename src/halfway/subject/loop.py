"""The event loop of a simulated process: time stands still while anything is ready, and jumps when nothing is.

The loop owns the order of ready handles and its own timers. What happens when nothing is ready is not its decision: it
calls `idle`, which in a simulation asks the judge and in a plain `run()` jumps to the next timer.
"""

import asyncio
import functools
import heapq
import math
import threading
from asyncio import events
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextvars import Context
from typing import Any, TypeVar

NS = 1_000_000_000
STEPS_MAX = 20_000
HORIZON_NS = 10 * 366 * 86_400 * NS

_T = TypeVar("_T")


class HungError(BaseException):
    """Nothing can go on, or nothing will ever end; the text says which.

    A BaseException, so that a learner's `except Exception` does not take it for an error of their own.
    """


class DeterministicTask(asyncio.Task[_T]):
    """A task whose hash is its creation number.

    asyncio keeps tasks in sets (TaskGroup, wait, as_completed), and with hashes made of addresses their order
    differs from run to run.
    """

    def __init__(self, coro: Coroutine[Any, Any, _T], *, loop: "VirtualLoop", **options: Any) -> None:
        loop.tasks_made += 1
        self._number = loop.tasks_made
        super().__init__(coro, loop=loop, **options)
        loop.tasks.append(self)

    def __hash__(self) -> int:
        return self._number

    __eq__ = object.__eq__


class DeterministicFuture(asyncio.Future[_T]):
    """A future whose hash, once it is asked for, is a number of its loop: sets of futures have the order of the program."""

    __slots__ = ("_number",)

    def __hash__(self) -> int:
        try:
            return self._number
        except AttributeError:
            loop: Any = self.get_loop()
            loop.futures_hashed += 1
            self._number: int = -loop.futures_hashed
            return self._number

    __eq__ = object.__eq__


_as_completed = asyncio.as_completed


@functools.wraps(_as_completed)
def _as_completed_in_order(fs: Iterable[Any], **options: Any) -> Any:
    """asyncio.as_completed, which keeps what it is given in a set: on a virtual loop, tasks are made in the order given."""
    loop = events._get_running_loop()
    if isinstance(loop, VirtualLoop):
        fs = [asyncio.ensure_future(each) for each in dict.fromkeys(fs)]
    return _as_completed(fs, **options)


asyncio.as_completed = asyncio.tasks.as_completed = _as_completed_in_order


def _make_task(loop: Any, coro: Any, **options: Any) -> DeterministicTask[Any]:
    return DeterministicTask(coro, loop=loop, **options)


class VirtualLoop(asyncio.BaseEventLoop):
    """An asyncio event loop in virtual time, deterministic to the last handle.

    Time is an integer number of nanoseconds. Timers due at the same time fire in the order in which they were set. Each
    turn runs what was ready when it began, as the real loop does, so that the order of handles equals the real one.

    Raises HungError when nothing is ready and no timer is set, after `steps_max` steps, and past ten years.
    """

    def __init__(self, steps_max: int = STEPS_MAX) -> None:
        super().__init__()
        self.steps_max = steps_max
        self.set_task_factory(_make_task)
        self.set_exception_handler(lambda loop, context: None)
        self.idle: Callable[[int | None], None] = self.jump
        self.choose: Callable[[int], int] | None = None
        self.before_step: Callable[[], bool] | None = None
        self.fresh = True
        self.begin()

    def begin(self) -> None:
        """A new process: nothing is ready, no timer is set, tasks count from one, it is zero o'clock."""
        self.now_ns = 0
        self.tasks_made = self.futures_hashed = self._timers_made = 0
        self.tasks: list[DeterministicTask[Any]] = []
        self._timers: list[tuple[int, int, asyncio.TimerHandle]] = []

    # ---- time

    def time(self) -> float:
        """Seconds of virtual time."""
        return self.now_ns / NS

    def call_at(self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> asyncio.TimerHandle:  # type: ignore[override]
        """Call back at `when` seconds of virtual time; at infinity, never."""
        at_ns = None if when == math.inf else round(when * NS)
        return self._set(at_ns, when, callback, args, context)

    def call_later(self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> asyncio.TimerHandle:  # type: ignore[override]
        """Call back after `delay` seconds of virtual time; after infinity, never."""
        now_ns = self.now_ns
        at_ns = None if delay == math.inf else now_ns + round(delay * NS)
        return self._set(at_ns, now_ns / NS + delay, callback, args, context)

    def _set(self, at_ns: int | None, when: float, callback: Callable[..., Any], args: Any, context: Context | None) -> asyncio.TimerHandle:
        handle = events.TimerHandle(when, callback, args, self, context)
        if at_ns is not None:
            self._timers_made += 1
            heapq.heappush(self._timers, (at_ns, self._timers_made, handle))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Cancelled timers stay in the heap and are passed over when their time comes."""

    def next_timer_ns(self) -> int | None:
        """When the next timer is due, or None."""
        timers = self._timers
        while timers and timers[0][2]._cancelled:
            heapq.heappop(timers)
        return timers[0][0] if timers else None

    def jump(self, next_ns: int | None) -> None:
        """Nobody else decides about time: go to the next timer's own time (never add to the clock: sums drift)."""
        if next_ns is None:
            raise HungError("every task waits and no timer is set")
        self.now_ns = max(self.now_ns, next_ns)

    def create_future(self) -> asyncio.Future[Any]:
        """A future of this loop."""
        return DeterministicFuture(loop=self)

    # ---- running

    def drive(self, done: Callable[[], bool]) -> None:
        """Run turns until `done()`."""
        events._set_running_loop(self)
        self._thread_id = threading.get_ident()
        left, ready, timers = self.steps_max, self._ready, self._timers
        step, pop = self._step, heapq.heappop
        plain = self.choose is None and self.before_step is None
        try:
            while not done():
                if not ready and (not timers or timers[0][0] > self.now_ns):
                    self.fresh = True
                    self.idle(self.next_timer_ns())
                    if self.now_ns > HORIZON_NS:
                        raise HungError("ten years of virtual time passed and it has not ended")
                while timers and timers[0][0] <= self.now_ns:
                    handle = pop(timers)[2]
                    if not handle._cancelled:
                        ready.append(handle)
                left -= len(ready)
                if left < 0:
                    raise HungError(f"it took {self.steps_max:,} steps and has not ended")
                for _ in range(len(ready)):
                    if plain:
                        run = ready.popleft()
                        if run._cancelled:
                            continue
                        # Handle._run, without its call: a third of the time of a sleep.
                        try:
                            run._context.run(run._callback, *run._args)
                        except (SystemExit, KeyboardInterrupt):
                            raise
                        except BaseException as error:
                            self._not_an_error_of_a_callback(error)
                    else:
                        step()
                        if done():
                            break
        finally:
            events._set_running_loop(None)
            self._thread_id = None

    def _step(self) -> None:
        """One handle, chosen, and perhaps something else before it."""
        ready = self._ready
        while ready and ready[0]._cancelled:
            ready.popleft()
        if not ready:
            return
        if self.choose is not None and len(ready) > 1:
            place = self.choose(len(ready))
            ready.rotate(-place)
            handle = ready.popleft()
            ready.rotate(place)
        else:
            handle = ready.popleft()
        if not self.fresh and self.before_step is not None and self.before_step():
            ready.appendleft(handle)
            self.fresh = True
            return
        self.fresh = False
        if not handle._cancelled:
            try:
                handle._context.run(handle._callback, *handle._args)
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as error:
                self._not_an_error_of_a_callback(error)

    @staticmethod
    def _not_an_error_of_a_callback(error: BaseException) -> None:
        """What a callback raises is its own affair (asyncio logs it); the end of a lifetime is not."""
        if not isinstance(error, Exception):
            raise error

    def make_tasks(self, coros: Iterable[Coroutine[Any, Any, Any]]) -> list[DeterministicTask[Any]]:
        """Make a task of each coroutine; none has begun yet."""
        return [DeterministicTask(coro, loop=self) for coro in coros]

    def drive_to_end(self, tasks: Sequence[asyncio.Task[Any]]) -> None:
        """Run the tasks concurrently, each to its end."""
        if len(tasks) == 1:
            self.drive(tasks[0].done)
        else:
            self.drive(lambda: all([task.done() for task in tasks]))

    def unfinished(self) -> list[DeterministicTask[Any]]:
        """The tasks that are not done, oldest first. Those that are done are forgotten."""
        self.tasks[:] = [task for task in self.tasks if not task.done()]
        return self.tasks

    def drop(self) -> None:
        """End of the process: whatever still waits is ended without a word, and nothing of it is told to anyone."""
        for task in self.tasks:
            task._log_traceback = False
            if not task.done():
                task._log_destroy_pending = False
                try:
                    task.get_coro().close()  # type: ignore[union-attr]
                except BaseException:  # noqa: S110 - a process that is killed has nothing to say
                    pass
        self.tasks.clear()
        self._timers.clear()
        self._ready.clear()

    # ---- fences: nothing leaves the simulation

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Run `func` in line, in no virtual time: threads would bring back the real world's order."""
        future = self.create_future()

        def job() -> None:
            if future.cancelled():
                return
            try:
                future.set_result(func(*args))
            except Exception as error:
                future.set_exception(error)

        self.call_soon(job)
        return future

    def call_soon_threadsafe(self, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> asyncio.Handle:  # type: ignore[override]
        """There is one thread, so this is call_soon."""
        return self.call_soon(callback, *args, context=context)

    async def create_connection(self, *args: Any, **options: Any) -> Any:  # type: ignore[override]
        """Refused by name: there is no network here."""
        raise RuntimeError("there is no network in a simulation; call a port instead")

    create_server = create_datagram_endpoint = getaddrinfo = sock_connect = create_connection  # type: ignore[assignment]

    def __del__(self) -> None:
        """This loop holds no descriptor, so that nobody has to close it."""

    def _process_events(self, event_list: Any) -> None:
        """There are no file descriptors to watch."""

    def _write_to_self(self) -> None:
        """Nobody sleeps in a selector here."""


def run(main: Coroutine[Any, Any, _T], *, steps_max: int = 10_000_000) -> _T:
    """Run a coroutine to its end in virtual time: asyncio.run, but `await asyncio.sleep(3600)` takes no time.

    What the coroutine leaves running is cancelled and awaited, as asyncio.run does. Works inside another running loop (a
    notebook, a page). Raises HungError when nothing can go on.
    """
    with _outside():
        loop = VirtualLoop(steps_max)
        try:
            task = loop.make_tasks([main])[0]
            loop.drive_to_end([task])
            left = list(loop.unfinished())
            for other in left:
                other.cancel()
            loop.drive_to_end(left)
            return task.result()
        finally:
            loop.drop()
            loop.close()


class _outside:  # noqa: N801 - reads as a word in `with`
    """Step outside whatever loop and task is running; from 3.14 on the current task belongs to the thread."""

    def __enter__(self) -> None:
        self.loop = events._get_running_loop()
        self.task = asyncio.current_task(self.loop) if self.loop is not None else None
        if self.task is not None and self.loop is not None:
            asyncio.tasks._leave_task(self.loop, self.task)
        events._set_running_loop(None)

    def __exit__(self, *problem: object) -> None:
        events._set_running_loop(self.loop)
        if self.task is not None and self.loop is not None:
            asyncio.tasks._enter_task(self.loop, self.task)
