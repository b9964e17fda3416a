"""One process lifetime of a learner's program, serving one judge.

Judge to subject:  ["call", [[target, args, kwargs], ...], now_ns, plan, options]
                                          make these calls of theirs; several at once run concurrently
                   ["get", handle, name, now_ns]                       give an attribute of their object
Subject to judge:  ["port", [port, name, args, kwargs, line], extra]   a synchronous call of a port
                   ["idle", [next_timer_ns, calls, asked], extra]      nothing is ready; a reader was told so
                   ["block", [seconds, function, line], extra]         the process stands still: time.sleep
                   ["thread", [place, what, content], extra]           a call in a thread begins, ends, waits
and to a request:  ["done", [outcome, ...], extra, seen]
Replies:           ["value", value, *then]   ["error", [class, args], *then]   ["hung", why, *then]
                   ["go", [wake, cancel, slow], *then]   ["more", [kept of a list, new], *then]   ["crash"]
`extra`            [asynchronous calls begun, calls dropped (negative: slow to leave), numbers of options of
                   own choices], or None
`then`             plan, now_ns; the plan is [[kind, place, option], ...]: which of the subject's own coming
                   choices are unusual, and it is told of no other
"""

import asyncio
import enum
import inspect
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from contextvars import copy_context
from functools import partial
from typing import Any

from halfway.errors import StopError
from halfway.subject.asking import CANCEL_HERE, WHICH_NEXT, Ask, Asking, EndedError, OverError
from halfway.subject.cancels import (
    awaiting,
    begins_later,
    called_by,
    cancel_of,
    cancels_taken_back,
    ends_of,
    see_ends,
    see_left,
    swallowed_a_cancel,
    waits_in,
)
from halfway.subject.handed import ProcessChance, ours
from halfway.subject.hosts import CALL, HungError
from halfway.subject.in_lanes import run_in_lanes
from halfway.subject.in_line import ThreadsInLine
from halfway.subject.loop import VirtualLoop
from halfway.subject.packing import AS_OBJECTS, pack_error
from halfway.subject.program import Program, losers
from halfway.subject.settings import Settings
from halfway.subject.spies import CallSpy
from halfway.subject.standins import StandIns, in_another_thread
from halfway.subject.threads import Threads
from halfway.wire import NotPlainError, Wire

_NOTHING = nullcontext()

Coros = list[tuple[int, Coroutine[Any, Any, Any]]]
"""What is still to be driven to its end, and whose result it is."""


class Subject(Asking):
    """The learner's module, the objects it made, and its loop, for one process lifetime."""

    def __init__(self, program: Program, ask: Ask, moved: Callable[[int], None] | None = None) -> None:
        super().__init__(program, ask, moved)
        self.failed: Wire = None
        self._main: list[asyncio.Task[Any]] = []
        self._options: Wire = None
        self._cancels_here = self._beside = self._begins_s = 0
        self._is_imported = self._has_order = self._in_cleanup = self._in_turn = False
        self._cancels_sent: dict[asyncio.Task[Any], int] = {}
        self._asking: Wire = None
        self._lost_by = ""
        self._ended_ns: list[int] = []
        self._compares, self._changed = False, list[str]()
        self._threads = Threads(program.makes_threads, self.late)
        self._stand_ins = ThreadsInLine if program.makes_threads else StandIns
        self._spy: CallSpy | None = None
        self._chance = ProcessChance()
        self._context = copy_context()

    # ---- the module

    def try_import(self) -> Wire:
        """Import the module and make no call. Gives None, or the error that this raised, as it crosses."""
        with self._stand_ins(self):
            self._import()
        return self.failed

    def _import(self) -> None:
        self._is_imported = True
        try:
            self._program.fresh()
        except BaseException as error:
            if not self._is_theirs(error):
                raise
            self.failed = self._pack_error(error)

    def _is_theirs(self, error: BaseException) -> bool:
        """Is it the learner's code that ended like this, and not a process, a search or the checker?"""
        return self.over is None and not isinstance(error, (StopError, KeyboardInterrupt))

    # ---- from the judge

    def serve(self, request: Wire) -> Wire:
        """Answer one request with ["done", [outcome, ...], extra, seen].

        Raises what ended this lifetime, if anything did.
        """
        answer: Wire = None
        with self._stand_ins(self):
            try:
                if not self._is_imported:
                    if request[0] == "call" and "in_threads" in (request[4] or ()):
                        self._program = self._handles.program = self._program.in_threads()
                    self._import()
                if self.failed is not None:
                    count = len(request[1]) if request[0] == "call" else 1
                    answer = ["done", [["raised", self.failed]] * count, self.take_extra(), None]
                else:
                    answer = self._get(request) if request[0] == "get" else self._call(request)
            except BaseException:
                if self.over is None:
                    raise
        if self.over is not None:
            raise self.over
        return answer

    def _get(self, request: Wire) -> Wire:
        _, handle, name, now_ns = request
        if now_ns > self.now_ns:
            self.move(now_ns)
        try:
            value = getattr(self._handles[handle], name)
        except BaseException as error:
            if not self._is_theirs(error):
                raise
            return ["done", [self._raised(error)], self.take_extra(), None]
        method = callable(value) and not isinstance(value, type)
        return ["done", [["method", None] if method else self._returned(value)], self.take_extra(), None]

    def _call(self, request: Wire) -> Wire:
        _, calls, now_ns, self._plan, options = request
        if options is not None or self._options is not None:
            self._take_options(options)
        if now_ns > self.now_ns:
            self.move(now_ns)
        results: list[Wire] = [None] * len(calls)
        self._main, self._ended_ns, self._changed, self.is_slow = [], [], [], False
        self._cancels_sent.clear()
        self._threads.begin()
        with self._spy or _NOTHING:
            coros = self._start(calls, results)
            if coros:
                self._drive(coros, results, calls)
            if self.over is None:
                self._handles.let_go()
        return ["done", results, self.take_extra(), self._threads.seen(self._seen(), at_once=not coros)]

    def _take_options(self, options: Wire) -> None:
        self._options = options
        wanted = options or {}
        self._has_lines, self._has_order = "lines" in wanted, "order" in wanted
        self._beside, self._in_cleanup = wanted.get("beside", 0), "caller" in wanted
        self._in_turn, self._begins_s = "turn" in wanted, wanted.get("begins", 0)
        self._asking, self._cancels_here = wanted.get("asking"), wanted.get("steps", 0)
        self._compares = "settings" in wanted
        if "watch" in wanted and self._spy is None:
            self._spy = CallSpy(self._program.filename, self._program.code)

    # ---- calls

    def _start(self, calls: Wire, results: list[Wire]) -> Coros:
        """Make each call; what it returns is its result, or a coroutine that is still to be driven."""
        coros: Coros = []
        if self._options is not None and "threads" in self._options:
            run_in_lanes(self, calls, self._options, results)
            return coros
        for place, (target, args, kwargs) in enumerate(calls):
            try:
                function = self._target(target)
                returned = self._handles.call(function, args, kwargs)
            except BaseException as error:
                if not self._is_theirs(error):
                    for _, coro in coros:
                        coro.close()
                    raise
                results[place] = self._raised(error)
                continue
            if target in AS_OBJECTS or (isinstance(function, type) and not isinstance(returned, enum.Enum)):
                results[place] = self._returned(returned, AS_OBJECTS[0])
            elif inspect.iscoroutine(returned):
                coros.append((place, returned))
            elif inspect.isawaitable(returned):
                coros.append((place, awaiting(returned)))
            else:
                results[place] = self._returned(returned, target)
        return coros

    def _target(self, target: Wire) -> Callable[..., Any]:
        if type(target) is not str:
            return getattr(self._handles[target[0]], target[1])  # type: ignore[no-any-return]
        if target[:1] != "!":
            return self._program.named(target)  # type: ignore[no-any-return]
        return ours(self._program, self._chance)[target]

    def _drive(self, coros: Coros, results: list[Wire], calls: Wire) -> None:
        loop = self._loop
        if loop is None:
            loop = self._loop = self._program.loop()
            self._serve_as(loop)
        elif "loop" in (self._options or ()):
            loop = self._loop = self.new_loop()
        loop.choose = partial(self.choose, WHICH_NEXT) if self._has_order else None
        loop.before_step = self._cancel_here if self._cancels_here else None
        loop.fresh = True
        called = called_by([coro for _, coro in coros], cleanup=self._in_cleanup, turn=self._in_turn)
        if self._begins_s and len(called) > 1:
            called[-1] = begins_later(called[-1], self._begins_s)
        tasks = self._main = self._tasks(loop, called)
        settings = Settings(loop, tasks, self._context) if self._compares else None
        if self._beside or (self._has_lines and len(tasks) > 1):
            self._ended_ns = ends_of(tasks, lambda: self.now_ns)
        end: Wire = None
        try:
            loop.drive(tasks)
        except BaseException as error:
            if not self._is_theirs(error):
                raise
            end = self._raised(error)
        self._changed = settings.changes() if settings is not None else []
        if self.over is not None:
            return
        for (place, _), task in zip(coros, tasks, strict=True):
            results[place] = self._end_of(task, calls[place][0]) if task.done() else end

    def _tasks(self, loop: VirtualLoop, coros: list[Coroutine[Any, Any, Any]]) -> list[asyncio.Task[Any]]:
        """Make a task of each call; while a story is told, each knows its number."""
        if len(coros) == 1:
            # One call after the other, as in one task of a caller's: what a call sets in its context stays.
            self._context = self._context.copy()
            return [loop.create_task(coros[0], context=self._context)]
        if not self._has_lines:
            return [loop.create_task(coro) for coro in coros]
        tasks = []
        for number, coro in enumerate(coros, 1):
            context = copy_context()
            context.run(CALL.set, number)
            tasks.append(loop.create_task(coro, context=context))
        return tasks

    def _serve_as(self, loop: VirtualLoop) -> None:
        """This loop runs in this process."""
        self._loops.append(loop)
        loop.idle, loop.now_ns = self._idle, self.now_ns

    def new_loop(self) -> VirtualLoop:
        """Give the loop for an `asyncio.run` in synchronous code of theirs."""
        self._loops[:] = [loop for loop in self._loops if not loop.is_closed()]
        loop = VirtualLoop()
        self._serve_as(loop)
        return loop

    # ---- nothing is ready

    def _idle(self, next_ns: int | None) -> None:
        """Ask the judge what happens next, and let it."""
        main = self._main
        calls = main[: len(main) - self._beside] if self._beside else main
        under_way = 1 if len(main) < 2 else sum([not task.done() for task in calls])
        asked = self._ask_reader() if self._asking is not None else None
        if next_ns is not None and next_ns < self.now_ns:
            next_ns = self.now_ns  # to answer took a moment, and a timer came due in it
        wake, cancel, slow = self.say("idle", [next_ns, under_way, asked])[1]
        self.is_slow = self.is_slow or bool(slow)
        if wake is not None:
            self.hear(wake)
        if cancel > 0:
            self._cancel(cancel)
        elif cancel < 0 and wake is not None:
            # Late: what the task waited for is there, the task has not run yet.
            self._cancel_late(-cancel)
        elif cancel < 0:
            # Late for a timer: after those that are due now have queued what they wake, before any of it
            # runs.
            self._running().call_later(0, self._cancel_late, -cancel)

    def _ask_reader(self) -> Wire:
        """Somebody else asks, now, what only reads, perhaps in a thread of his own."""
        target, args, kwargs, *apart = self._asking

        def ask() -> Wire:
            return self._returned(self._handles.call(self._target(target), args, kwargs))

        try:
            return in_another_thread(self, ask) if apart else ask()
        except BaseException as error:
            if not self._is_theirs(error):
                raise
            return self._raised(error)

    def _cancel_late(self, which: int) -> None:
        if self._program.may_lose_cancels:
            task = self._under_way()[which - 1 :][:1]
            self._lost_by = next((name for name, code in losers() if task and waits_in(task[0], code)), "")
        self._cancel(which)

    def _running(self) -> VirtualLoop:
        return next(loop for loop in reversed(self._loops) if loop.is_running())

    def _cancel(self, which: int) -> None:
        """Cancel the task of one of the calls under way, counted from 1."""
        under_way = self._under_way()
        if 0 < which <= len(under_way):
            task = under_way[which - 1]
            task.cancel()
            self._cancels_sent[task] = self._cancels_sent.get(task, 0) + 1

    def _under_way(self) -> list[asyncio.Task[Any]]:
        # Where a synchronous call runs a loop of its own, its first task is what can be cancelled.
        main = self._main or self._running().tasks[:1]
        return [task for task in main[: len(main) - self._beside] if not task.done()]

    def _cancel_here(self) -> bool:
        if self._cancels_here <= 0 or not self.choose(CANCEL_HERE, 2):
            return False
        self._cancels_here -= 1
        self._cancel(1)
        return True

    # ---- how it ended

    def _end_of(self, task: asyncio.Task[Any], target: Wire) -> Wire:
        if task.cancelled():
            # asyncio.timeout and TaskGroup know CancelledError itself, and none that is built on it.
            cancel = cancel_of(task)
            is_plain = type(cancel) is asyncio.CancelledError
            return ["cancelled", None] if is_plain else ["raised", self._pack_error(cancel)]
        error = task.exception()
        if error is None:
            return self._returned(task.result(), target)
        if not self._is_theirs(error):
            raise error
        return self._raised(error)

    def _raised(self, error: BaseException) -> Wire:
        if isinstance(error, HungError):
            return ["hung", str(error)]
        if isinstance(error, asyncio.CancelledError):
            return ["cancelled", None]
        return ["raised", self._pack_error(error)]

    def _returned(self, value: Any, target: Wire = None) -> Wire:
        try:
            return ["returned", self._handles.answer(value, target)]
        except NotPlainError as error:
            return ["notplain", str(error)]
        except Exception as error:
            # A property of theirs, say: asking for the fields of a frozen dataclass runs their code.
            return ["raised", self._pack_error(error)]

    def _pack_error(self, error: BaseException) -> Wire:
        return pack_error(error, self._program.filename)

    def _seen(self) -> Wire:
        """What was noticed on the inside: attested, for the judge cannot see it himself."""
        main, loop, spy = self._main, self._loop, self._spy
        seen: dict[str, Wire] = {}
        for task in main:
            if swallowed_a_cancel(task, 1 if self._in_cleanup else 0):
                seen["swallowed"] = seen.get("swallowed", 0) + 1
        see_left(seen, loop, main)
        taken_back = cancels_taken_back(self._cancels_sent, self._in_cleanup)
        see_ends(seen, self._ended_ns, self._lost_by, taken_back, self._changed)
        self._lost_by = ""
        if spy is not None and spy.calls:
            seen["calls"] = spy.take()
        return seen or None

    def end(self) -> None:
        """The process is gone: nothing of it runs on, and its ports are dead."""
        if self.over is EndedError:
            return
        if self.over is None:
            self.over = OverError
        if self._loops:
            with self._stand_ins(self):
                for loop in self._loops:
                    loop.drop()
            self._loops.clear()
            self._loop = None
        self._main, self.late[:] = [], []
        self._chance.give_back()
        if self._waiting:
            self._waiting.clear()
        self._handles.forget()
        self.over = EndedError
