"""The event loop of a simulated process.

Time stands still while anything is ready, and jumps when nothing is.

The loop owns the order of ready handles and its own timers. What happens when nothing is ready is not its
decision: it calls `idle`, which in a simulation asks the judge and in a plain `run()` jumps to the next
timer.
"""

import asyncio
import gc
import heapq
import math
import sys
import threading
import weakref
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextvars import Context
from typing import Any

from halfway.errors import StopError
from halfway.subject.fences import FencedLoop
from halfway.subject.handles import Handle, Timer
from halfway.subject.hosts import HungError
from halfway.subject.tasks import (
    EAGER,
    DeterministicFuture,
    DeterministicTask,
    close,
    make_eager_task,
    make_task,
)

NS = 1_000_000_000
STEPS_MAX = 20_000
HORIZON_NS = 10 * 366 * 86_400 * NS
_TASKS_KEPT_MIN = 1_000


class _LastWords:
    """What is called for an asynchronous generator that nobody holds any more.

    Nothing, once its process has ended.
    """

    def __init__(self, loop: "VirtualLoop") -> None:
        self.loop: VirtualLoop | None = loop
        self.heard: list[Any] = []

    def __call__(self, generator: Any) -> None:
        if self.loop is not None:
            self.heard.append(generator)
            self.loop._asyncgen_finalizer_hook(generator)


_SLOW_S = 0.1
"""What a loop of asyncio takes for a slow callback, until somebody sets it."""


class VirtualLoop(FencedLoop):
    """An asyncio event loop in virtual time, deterministic to the last handle.

    Time is an integer number of nanoseconds. Timers due at the same time fire in the order in which they were
    set. Each turn runs what was ready when it began, as the real loop does, so that the order of handles
    equals the real one.

    Raises HungError when nothing is ready and no timer is set, after `steps_max` steps, and past ten years.
    """

    def __init__(self, steps_max: int = STEPS_MAX, *, has_asyncgens: bool = True) -> None:
        super().__init__()
        self.steps_max = steps_max
        # False where it is known that no asynchronous generator will run; then their hooks are not set.
        self._has_asyncgens = has_asyncgens
        self._task_factory = make_task
        self._exception_handler = _silent
        self.idle: Callable[[int | None], None] = self.jump
        self.choose: Callable[[int], int] | None = None
        self.before_step: Callable[[], bool] | None = None
        self._last_words: _LastWords | None = None
        self._attributes_made = 0
        self.fresh = True
        self.begin()
        self._attributes_made = len(vars(self))

    def begin(self) -> None:
        """A new process: nothing is ready, no timer is set, tasks count from one, it is zero o'clock."""
        self.now_ns = 0
        self.tasks_made = self.futures_hashed = self._timers_made = 0
        self._tasks_kept_max = _TASKS_KEPT_MIN
        self.tasks: list[asyncio.Task[Any]] = []
        self._timers: list[tuple[int, int, asyncio.TimerHandle]] = []
        self.threads_taken, self.without_a_thread = 0, deque()

    def is_as_made(self) -> bool:
        """Has nobody set, closed or added anything? Then it can be the loop of another process."""
        return (
            self._task_factory is make_task
            and self._exception_handler is _silent
            and not (self._closed or self._debug or self._stopping)
            and not (self._asyncgens_shutdown_called or self._executor_shutdown_called)
            and self.slow_callback_duration == _SLOW_S
            and len(vars(self)) == self._attributes_made
        )

    # ---- time

    def time(self) -> float:
        """Seconds of virtual time."""
        return self.now_ns / NS

    # Their callbacks are typed loosely: typeshed's have a type variable for each argument.

    def call_at(  # type: ignore[override]  # as said above
        self, when: float, callback: Any, *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call back at `when` seconds of virtual time; at infinity, never.

        Whoever asks for a moment that is not yet there sees the clock move, however near it is.
        """
        handle = Timer(when, callback, args, self, context)
        if when != math.inf:
            self._timers_made += 1
            at_ns = max(round(when * NS), self.now_ns + (when > self.now_ns / NS))
            heapq.heappush(self._timers, (at_ns, self._timers_made, handle))
        return handle

    def call_later(  # type: ignore[override]  # as said above
        self, delay: float, callback: Any, *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call back after `delay` seconds of virtual time, a nanosecond at least; after infinity, never."""
        now_ns = self.now_ns
        handle = Timer(now_ns / NS + delay, callback, args, self, context)
        if delay != math.inf:
            self._timers_made += 1
            at_ns = now_ns + (round(delay * NS) or delay > 0)
            heapq.heappush(self._timers, (at_ns, self._timers_made, handle))
        return handle

    def call_soon(  # type: ignore[override]  # as said above
        self, callback: Any, *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Call back in the next turn."""
        if self._closed:
            self._check_closed()
        handle = Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def create_future(self) -> asyncio.Future[Any]:
        """A future of this loop."""
        return DeterministicFuture(loop=self)

    def next_timer_ns(self) -> int | None:
        """When the next timer is due, or None."""
        timers = self._timers
        while timers and timers[0][2]._cancelled:
            heapq.heappop(timers)
        return timers[0][0] if timers else None

    def jump(self, next_ns: int | None) -> None:
        """Nobody else decides about time.

        Go to the next timer's own time (never add to the clock: sums drift).
        """
        if next_ns is None:
            raise HungError("every task waits and no timer is set")
        if next_ns > HORIZON_NS:
            raise HungError("ten years of virtual time passed and it has not ended")
        self.now_ns = max(self.now_ns, next_ns)

    # ---- running

    def run_forever(self) -> None:
        """Run turns until stop() is called."""
        self._check_closed()
        self._check_running()
        try:
            self._turns(lambda: self._stopping, last_turn=False)
        finally:
            self._stopping = False

    def drive(self, tasks: Sequence[asyncio.Task[Any]]) -> None:
        """Run the tasks, each to its end, and then one turn more, as `run_until_complete` does."""
        self._turns(
            tasks[0].done if len(tasks) == 1 else lambda: all(task.done() for task in tasks), last_turn=True
        )

    def _turns(self, done: Callable[[], bool], *, last_turn: bool) -> None:  # noqa: C901 - the hot loop of all
        hooks = self._hook_asyncgens() if self._has_asyncgens else None
        events._set_running_loop(self)
        self._thread_id = threading.get_ident()
        left, ready, timers, pop = self.steps_max, self._ready, self._timers, heapq.heappop
        plain = self.choose is None and self.before_step is None
        try:
            while not done():
                if not ready and (not timers or timers[0][0] > self.now_ns):
                    self.fresh = True
                    self.idle(self.next_timer_ns())
                while timers and timers[0][0] <= self.now_ns:
                    handle: Any = pop(timers)[2]
                    if not handle._cancelled:
                        ready.append(handle)
                left -= len(ready)
                if left < 0:
                    raise HungError(f"it was still going on after {self.steps_max:,} turns of the event loop")
                if not plain:
                    self._chosen_turn(done)
                    continue
                for _ in range(len(ready)):
                    handle = ready.popleft()
                    if not handle._cancelled:
                        # Handle._run, without its call: a third of the time of a sleep.
                        try:
                            handle._context.run(handle._callback, *handle._args)
                        except BaseException as error:
                            self._raised_by(handle, error)
            if last_turn and ready:
                self._last_turn()
        finally:
            events._set_running_loop(None)
            self._thread_id = None
            if hooks is not None:
                sys.set_asyncgen_hooks(*hooks)

    def _last_turn(self) -> None:
        for _ in range(len(self._ready)):
            self._run(self._ready.popleft())

    def _chosen_turn(self, done: Callable[[], bool]) -> None:
        """One turn, in which somebody else chooses which handle is next, and may do something before it."""
        for _ in range(len(self._ready)):
            self._forget_cancelled()
            if not self._ready or done():
                return
            self._chosen_step()

    def _forget_cancelled(self) -> None:
        ready = self._ready
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                ready.append(handle)

    def _chosen_step(self) -> None:
        ready = self._ready
        place = self.choose(len(ready)) if self.choose is not None and len(ready) > 1 else 0
        ready.rotate(-place)
        handle = ready.popleft()
        ready.rotate(place)
        if not self.fresh and self.before_step is not None and self.before_step():
            ready.appendleft(handle)
            self.fresh = True
            return
        self.fresh = False
        self._run(handle)

    def _run(self, handle: Any) -> None:
        if not handle._cancelled:
            try:
                handle._context.run(handle._callback, *handle._args)
            except BaseException as error:
                self._raised_by(handle, error)

    def _raised_by(self, handle: asyncio.Handle, error: BaseException) -> None:
        """What a callback raises goes to the exception handler, as in asyncio.

        What ends a process does not.
        """
        if isinstance(error, (StopError, HungError, SystemExit, KeyboardInterrupt)):
            raise error
        self.call_exception_handler(
            {"message": f"Exception in callback {handle!r}", "exception": error, "handle": handle}
        )

    # ---- tasks

    def create_task(self, coro: Any, *, name: Any = None, **options: Any) -> Any:
        """Make a task, which begins in the next turn."""
        if self._task_factory is not make_task:
            return super().create_task(coro, name=name, **options)
        self._check_closed()
        return DeterministicTask(coro, loop=self, name=name, **options)

    def set_task_factory(self, factory: Any) -> None:
        """Tasks of any factory are known to the loop, and eager ones are deterministic too."""
        if factory is None:
            self._task_factory = make_task
        elif factory is EAGER:
            self._task_factory = make_eager_task
        else:
            self._task_factory = lambda loop, coro, **options: self.keep(factory(loop, coro, **options))

    def keep(self, task: Any) -> Any:
        """Know the task until it is done."""
        if not isinstance(task, DeterministicTask) or not task.done():
            self.tasks.append(task)
            if len(self.tasks) > self._tasks_kept_max:
                self._tasks_kept_max = max(_TASKS_KEPT_MIN, 2 * len(self.unfinished()))
        return task

    def make_tasks(self, coros: Iterable[Coroutine[Any, Any, Any]]) -> list[DeterministicTask[Any]]:
        """Make a task of each coroutine; none has begun yet."""
        return [DeterministicTask(coro, loop=self) for coro in coros]

    def unfinished(self) -> list[asyncio.Task[Any]]:
        """The tasks that are not done, oldest first. Those that are done are forgotten."""
        self.tasks[:] = [task for task in self.tasks if not task.done()]
        return self.tasks

    def let_go(self) -> None:
        """Hold tasks as weakly as a loop of asyncio does, and let Python collect its garbage.

        Callers of a suite ask for it: what nobody else holds is gone then, wherever it was.
        """
        known = [weakref.ref(task) for task in self.tasks]
        self.tasks.clear()
        gc.collect()
        self.tasks.extend(task for ref in known if (task := ref()) is not None)

    def drop(self) -> None:
        """End of the process.

        Whatever still waits is ended without a word, and nothing of it is told to anyone.
        """
        if self._last_words is not None:
            self._last_words.loop = None
            self._last_words = None
        if self.tasks:
            # What is closed may want to wait once more: it finds the loop on which it ran.
            before = events._get_running_loop()
            events._set_running_loop(self)
            task: Any
            for task in self.tasks:
                task._log_traceback = False
                if not task.done():
                    task._log_destroy_pending = False
                    close(task.get_coro())
                    # The loop may serve another process, and asyncio.all_tasks() would name it there.
                    asyncio.tasks._unregister_task(task)
            events._set_running_loop(before)
        self.tasks.clear()
        self._timers.clear()
        self._ready.clear()

    # ---- asynchronous generators

    def _hook_asyncgens(self) -> Any:
        before = sys.get_asyncgen_hooks()
        if self._last_words is None:
            self._last_words = _LastWords(self)
        sys.set_asyncgen_hooks(firstiter=self._asyncgen_firstiter_hook, finalizer=self._last_words)
        return before

    def open_generators(self) -> list[Any]:
        """Those that have begun and not ended: somebody holds them half way, or a task is to close them."""
        if not self._has_asyncgens:
            return []
        heard = [] if self._last_words is None else self._last_words.heard
        heard[:] = [generator for generator in heard if generator.ag_frame is not None]
        return heard + [generator for generator in self._asyncgens if generator.ag_frame is not None]


def _silent(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What asyncio would log; in a simulation there is nobody to read it."""
