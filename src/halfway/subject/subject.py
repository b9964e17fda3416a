"""One process lifetime of a learner's program, serving one judge.

Judge to subject:   ["call", [[target, args, kwargs], ...], now_ns, plan, options]   several calls at once run concurrently
                    ["get", handle, name]                                            an attribute of one of their objects
Subject to judge:   ["port", [port, name, args, kwargs, line], extra]                a synchronous port call
                    ["idle", [next_timer_ns, calls_under_way], extra]                nothing is ready; a third item, 0: no late cancel
and the answer to a request:
                    ["done", [outcome, ...], extra, seen]
Replies:            ["value", value, plan, now_ns]   ["error", [class, args], plan, now_ns]
                    ["go", [wake, cancel], plan, now_ns]   ["hung", why, plan, now_ns]   ["crash"]
`extra`             [asynchronous calls begun, calls dropped, numbers of options of own choices], or None
`plan`              [[kind, place, option], ...]: which of the subject's own coming choices are unusual; it is told of no other
"""

import asyncio
import inspect
import sys
import types
from collections.abc import Callable, Coroutine
from typing import Any

from halfway.subject import sharing
from halfway.subject.blocking import Blocking
from halfway.subject.loop import NS, HungError, VirtualLoop
from halfway.subject.packing import Handles, pack_error
from halfway.subject.program import Program
from halfway.subject.spies import CallSpy
from halfway.wire import NotPlainError, Wire

WHICH_NEXT, CANCEL_HERE = 0, 1
MACHINE = 0
"""The port that every process has: the machine it runs on."""

Ask = Callable[[Wire], Wire]


class OverError(BaseException):
    """This lifetime is over; what its code still does has no effect."""


class Subject:
    """The learner's module, the objects it made, and its loop, for one process lifetime."""

    def __init__(self, program: Program, ask: Ask, moved: Callable[[int], None] | None = None) -> None:
        self._ask, self._program, self._moved = ask, program, moved
        self.over: BaseException | None = None
        self.now_ns = 0
        self._handles = Handles(program.named, self._port)
        self._ports: dict[int, Any] = {}
        self._begun: list[Wire] = []
        self._dropped: list[int] = []
        self._choices: list[int] = []
        self._plan: Wire = None
        self._made = [0, 0]
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._calls_made = 0
        self._loop: VirtualLoop | None = None
        self._main: list[asyncio.Task[Any]] = []
        self._cancels_here = 0
        self._lines = False
        self._spy: CallSpy | None = None
        self.failed: Wire = None
        try:
            program.fresh()
        except (Exception, SystemExit) as error:
            self.failed = pack_error(error, program.filename)

    # ---- to the judge

    def _say(self, kind: str, data: Wire) -> Wire:
        if self.over is not None:
            raise self.over
        extra = None
        if self._begun or self._dropped or self._choices:
            extra = [self._begun, self._dropped, self._choices]
            self._begun, self._dropped, self._choices = [], [], []
        reply = self._ask([kind, data, extra])
        if reply[0] == "crash":
            self.over = OverError()
            raise self.over
        self._plan = reply[2]
        self._made = [0, 0]
        if reply[3] != self.now_ns:
            self._move(reply[3])
        return reply

    def _move(self, now_ns: int) -> None:
        self.now_ns = now_ns
        if self._loop is not None:
            self._loop.now_ns = now_ns
        if self._moved is not None:
            self._moved(now_ns)

    def call_port(self, number: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a synchronous method of a port, and give or raise what it answers."""
        out = self._handles.out
        packed = {key: out(value) for key, value in kwargs.items()} if kwargs else {}
        reply = self._say("port", [number, name, [out(a) for a in args], packed, self._line()])
        if reply[0] == "value":
            return self._handles.into(reply[1])
        raise self._error(reply[1])

    async def await_port(self, number: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call an asynchronous method of a port: the request leaves with the next message, the reply comes when it comes."""
        out = self._handles.out
        self._calls_made += 1
        call = self._calls_made
        packed = {key: out(value) for key, value in kwargs.items()} if kwargs else {}
        if self._loop is None:
            raise RuntimeError("no event loop of this process is running")
        self._begun.append([call, number, name, [out(a) for a in args], packed, self._line()])
        future = self._waiting[call] = self._loop.create_future()
        try:
            return await future
        except asyncio.CancelledError:
            if self._waiting.pop(call, None) is not None:
                self._dropped.append(call)
            raise

    def block(self, seconds: float, function: str, line: int) -> None:
        """Let virtual time pass with the whole process standing still."""
        self.call_port(MACHINE, "block", (float(seconds), function, line), {})

    def _error(self, data: Wire) -> BaseException:
        name, args = data
        kind = self._program.named(name)
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            raise NotPlainError(name)
        return kind(*[self._handles.into(a) for a in args])

    def _port(self, number: int, content: Wire) -> Any:
        """The proxy that stands for a port here: one class for each kind of port, one object for each port."""
        proxy = self._ports.get(number)
        if proxy is None:
            kind, classes = content["k"], self._program.port_classes
            if kind not in classes:
                classes[kind] = _proxy_class(kind, content["m"])
            proxy = self._ports[number] = classes[kind]()
            proxy._subject, proxy._number = self, number
            self._handles.keep_port(proxy, number)
        return proxy

    def _line(self) -> int:
        """The line of the learner's file that is being run, when the judge wants to tell it; else 0."""
        if not self._lines:
            return 0
        frame: types.FrameType | None = sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename == self._program.filename:
                return frame.f_lineno
            frame = frame.f_back
        return 0

    # ---- own choices: made by the judge in advance, told back with the next message

    def _choose(self, kind: int, options: int) -> int:
        place = self._made[kind]
        self._made[kind] += 1
        self._choices.append(options if kind == WHICH_NEXT else -options)
        if self._plan:
            for planned, where, option in self._plan:
                if planned == kind and where == place:
                    return int(option) if option < options else 0
        return 0

    def _which_next(self, ready: int) -> int:
        return self._choose(WHICH_NEXT, ready)

    def _cancel_here(self) -> bool:
        if self._cancels_here <= 0 or not self._choose(CANCEL_HERE, 2):
            return False
        self._cancels_here -= 1
        self._cancel(1)
        return True

    def _cancel(self, which: int) -> None:
        """Cancel the task of one of the calls under way, counted from 1."""
        under_way = [task for task in self._main if not task.done()]
        if 0 < which <= len(under_way):
            under_way[which - 1].cancel()

    # ---- time

    def _idle(self, next_ns: int | None) -> None:
        """Ask the judge what happens next, and let it."""
        under_way = 1
        if len(self._main) > 1:
            under_way = sum([not task.done() for task in self._main])
        data: list[Wire] = [next_ns, under_way]
        if self._program.waits_with_wait_for and any(map(_is_in_wait_for, self._main)):
            data.append(0)
        reply = self._say("idle", data)
        if reply[0] == "hung":
            raise HungError(reply[1])
        wake, cancel = reply[1]
        if wake is not None:
            call, how, value = wake
            future = self._waiting.pop(call, None)
            if future is not None and not future.done():
                if how == "value":
                    future.set_result(self._handles.into(value))
                else:
                    future.set_exception(self._error(value))
        if cancel > 0:
            self._cancel(cancel)
        elif cancel < 0 and wake is not None:
            # Late: what the task waited for is there, the task has not run yet.
            self._cancel(-cancel)
        elif cancel < 0 and self._loop is not None:
            # Late for a timer: after those that are due now have queued what they wake, before any of it runs.
            self._loop.call_later(0, self._cancel, -cancel)

    # ---- from the judge

    def serve(self, request: Wire) -> Wire:
        """Answer one request with ["done", [outcome, ...], extra, seen]."""
        if self.failed is not None:
            count = len(request[1]) if request[0] == "call" else 1
            return ["done", [["raised", self.failed]] * count, None, None]
        with Blocking(self):
            return self._get(request) if request[0] == "get" else self._call(request)

    def _get(self, request: Wire) -> Wire:
        _, handle, name = request
        try:
            value = getattr(self._handles[handle], name)
        except Exception as error:
            return ["done", [["raised", self._pack_error(error)]], None, None]
        method = callable(value) and not isinstance(value, type)
        return ["done", [["method", None] if method else self._returned(value)], None, None]

    def _call(self, request: Wire) -> Wire:
        _, calls, now_ns, self._plan, options = request
        self._lines = bool(options.get("lines"))
        self._cancels_here = options.get("steps", 0)
        self._made, self._choices = [0, 0], []
        if now_ns != self.now_ns:
            self._move(now_ns)
        watched = options.get("watch")
        if watched and self._spy is None:
            self._spy = CallSpy(self._program.filename, self._program.code)
        results: list[Wire] = [None] * len(calls)
        with self._spy or _NOTHING:
            coros = self._start(calls, results)
            if coros:
                self._drive(coros, results, options)
        extra = [self._begun, self._dropped, self._choices] if self._begun or self._dropped or self._choices else None
        self._begun, self._dropped, self._choices = [], [], []
        return ["done", results, extra, self._seen(bool(coros))]

    def _start(self, calls: Wire, results: list[Wire]) -> list[tuple[int, Coroutine[Any, Any, Any]]]:
        """Make each call; what it returns is its result, or a coroutine that is still to be driven."""
        coros: list[tuple[int, Coroutine[Any, Any, Any]]] = []
        into = self._handles.into
        for place, (target, args, kwargs) in enumerate(calls):
            if target == "!live":
                results[place] = ["returned", {"h": self._handles.keep(into(args[0])), "c": "live"}]
                continue
            try:
                function = self._target(target)
                returned = function(*[into(a) for a in args], **{key: into(value) for key, value in kwargs.items()})
            except Exception as error:
                if self.over is not None:
                    raise self.over from None
                results[place] = ["raised", self._pack_error(error)]
                continue
            if self.over is not None:
                raise self.over
            if inspect.iscoroutine(returned):
                coros.append((place, returned))
            elif inspect.isawaitable(returned):
                coros.append((place, _awaiting(returned)))
            else:
                results[place] = self._returned(returned)
        return coros

    def _target(self, target: Wire) -> Callable[..., Any]:
        if type(target) is not str:
            return getattr(self._handles[target[0]], target[1])  # type: ignore[no-any-return]
        if target[:1] == "!":
            return _OURS[target]
        return self._program.named(target)  # type: ignore[no-any-return]

    def _drive(self, coros: list[tuple[int, Coroutine[Any, Any, Any]]], results: list[Wire], options: Wire) -> None:
        loop = self._loop
        if loop is None:
            loop = self._loop = self._program.loop()
            loop.idle = self._idle
        loop.now_ns = self.now_ns
        loop.choose = self._which_next if options.get("order") else None
        loop.before_step = self._cancel_here if self._cancels_here else None
        loop.fresh = True
        try:
            self._main = []
            tasks = self._main = loop.make_tasks([coro for _, coro in coros])
            loop.drive_to_end(tasks)
        except HungError as hung:
            for place, _ in coros:
                results[place] = ["hung", str(hung)]
            return
        if self.over is not None:
            raise self.over
        for (place, _), task in zip(coros, tasks, strict=True):
            results[place] = self._end_of(task)

    def _end_of(self, task: asyncio.Task[Any]) -> Wire:
        if task.cancelled():
            return ["cancelled", None]
        error = task.exception()
        if error is None:
            return self._returned(task.result())
        if not isinstance(error, Exception) and not isinstance(error, (SystemExit, KeyboardInterrupt, GeneratorExit)):
            raise error
        return ["raised", self._pack_error(error)]

    def _returned(self, value: Any) -> Wire:
        try:
            return ["returned", self._handles.out(value)]
        except NotPlainError as error:
            return ["notplain", str(error)]
        except Exception as error:
            return ["raised", self._pack_error(error)]

    def _pack_error(self, error: BaseException) -> Wire:
        return pack_error(error, self._program.filename)

    def _seen(self, drove: bool) -> Wire:
        """What was noticed on the inside: attested, for the judge cannot see it himself."""
        if not drove and self._spy is None:
            return None
        seen: dict[str, Wire] = {}
        if self._loop is not None and drove:
            swallowed = [1 for task in self._main if not task.cancelled() and task.cancelling() > 0 and task.exception() is None]
            leaked = len(self._loop.unfinished()) if len(self._loop.tasks) > len(self._main) else 0
            if swallowed:
                seen["swallowed"] = len(swallowed)
            if leaked:
                seen["leaked"] = leaked
        if self._spy is not None and self._spy.calls:
            seen["calls"] = self._spy.take()
        return seen or None

    def end(self) -> None:
        """The process is gone: nothing of it runs on."""
        if self.over is None:
            self.over = OverError()
        if self._loop is not None:
            self._loop.drop()
            self._loop = None
        self._waiting.clear()
        self._main = []


class _Nothing:
    def __enter__(self) -> None:
        """Nothing to set up."""

    def __exit__(self, *problem: object) -> None:
        """Nothing to take down."""


_NOTHING = _Nothing()
_OURS: dict[str, Callable[..., Any]] = {"!wait": asyncio.sleep, "!shared": sharing.shared}


def _is_in_wait_for(task: asyncio.Task[Any]) -> bool:
    """Is the task suspended inside asyncio's own wait_for?"""
    waits: Any = task.get_coro()
    while waits is not None:
        if getattr(waits, "cr_code", None) is asyncio.wait_for.__code__:
            return True
        waits = getattr(waits, "cr_await", None)
    return False


async def _awaiting(awaitable: Any) -> Any:
    return await awaitable


def _proxy_class(kind: str, methods: dict[str, str]) -> type:
    """What a learner's code is given instead of a port of the judge's."""

    def synchronous(name: str) -> Callable[..., Any]:
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return self._subject.call_port(self._number, name, args, kwargs)

        return method

    def asynchronous(name: str) -> Callable[..., Any]:
        async def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return await self._subject.await_port(self._number, name, args, kwargs)

        return method

    body: dict[str, Any] = {}
    for name, how in methods.items():
        body[name] = asynchronous(name) if how == "a" else synchronous(name)
        body[name].__name__ = name
    body["__slots__"] = ("_subject", "_number")
    return type(kind, (), body)


