"""What goes from the subject to the judge.

Calls of ports, time that stands still, and the own choices in between.
"""

import asyncio
import sys
import types
from _thread import get_ident
from asyncio import events
from collections.abc import Callable
from typing import Any

from halfway.errors import StopError
from halfway.subject import operations
from halfway.subject.hosts import CALL, HungError, newest
from halfway.subject.lanes import Reply
from halfway.subject.loop import VirtualLoop
from halfway.subject.packing import Handles
from halfway.subject.pending import Late, Meanwhile
from halfway.subject.program import CALLERS_FILE, Program
from halfway.subject.raised import note
from halfway.wire import ATOMS, Wire

WHICH_NEXT, CANCEL_HERE = 0, 1
BEGUN, DROPPED, CHOSEN = 0, 1, 2

Ask = Callable[[Wire], Wire]


def _of_a_coroutine(error: BaseException) -> BaseException:
    """Give what leaves a coroutine in which this error is raised: no StopIteration does."""
    if not isinstance(error, StopIteration):
        return error
    other = RuntimeError("coroutine raised StopIteration")
    other.__cause__ = error
    return other


def _line_below(frame: types.FrameType | None, filename: str) -> int:
    """The line of this file that is being run; 0 for none."""
    while frame is not None:
        if frame.f_code.co_filename == filename:
            return frame.f_lineno or 0
        frame = frame.f_back
    return 0


def _is_of_a_suite(filename: str, name: str) -> bool:
    """Does a suite's own code call this method of a port: its callers, or an operation that it made?

    An operation is the port itself to whoever calls it.
    """
    return filename == CALLERS_FILE or (filename == operations.WRITTEN_IN and name not in operations.IS_IT)


class OverError(StopError):
    """This lifetime is over; what its code still does has no effect."""


class EndedError(RuntimeError):
    """A port was used that had been given to another process, which has ended."""

    def __str__(self) -> str:
        return "this port was given to a process that has ended"


class Asking:
    """One process lifetime, as far as it speaks to its judge."""

    def __init__(self, program: Program, ask: Ask, moved: Callable[[int], None] | None = None) -> None:
        self._program, self._ask, self._moved = program, ask, moved
        self.over: BaseException | type[BaseException] | None = None
        self.now_ns = 0
        self._handles = Handles(program, self)
        self._waiting: dict[int, Any] = {}
        self._limits: dict[int, tuple[BaseException, asyncio.Task[Any], int]] = {}
        self._loop: VirtualLoop | None = None
        self._loops: list[VirtualLoop] = []
        self._calls_begun = 0
        self._extra: list[list[Any]] | None = None
        self._made: dict[int, int] = {}
        self._looked: dict[tuple[int, str], list[Any]] = {}
        self._plan: Wire = None
        self._has_lines = False
        self._thread = get_ident()
        self.late: list[Late] = []
        self.is_slow = False
        """Cancelled calls of ports are slow to leave, in this story."""

    # ---- messages

    def say(self, kind: str, data: Wire) -> Wire:
        """Say something to the judge and give the reply. Raises what ended this lifetime, once it is over."""
        if self.over is not None:
            raise self.over
        try:
            reply = self._ask([kind, data, self.take_extra()])
        except BaseException as end:
            # A process that is dead does not go on, whatever its code catches.
            self.over = end
            raise
        how, content, self._plan, now_ns = reply
        if now_ns != self.now_ns:
            self.move(now_ns)
        if how == "hung":
            raise HungError(content)
        return reply

    def take_extra(self) -> Wire:
        """Give what began, was dropped and was chosen since the last message; None for nothing."""
        extra = self._extra
        if extra is not None:
            self._extra = None
            if extra[2]:
                self._made.clear()
        return extra

    def _add(self, which: int, thing: Wire) -> None:
        if self._extra is None:
            self._extra = [[], [], []]
        self._extra[which].append(thing)

    def move(self, now_ns: int) -> None:
        """It is this late, by the judge's clock."""
        self.now_ns = now_ns
        for loop in self._loops:
            loop.now_ns = now_ns
        if self._moved is not None:
            self._moved(now_ns)

    # ---- ports

    def call_port(self, number: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a synchronous method of a port, or read an attribute; give or raise what is answered."""
        if get_ident() != self._thread:
            raise RuntimeError(f"{name}() was called in another thread; there is one in a simulation")
        running = newest()
        if isinstance(running, Meanwhile) and running.seconds:
            raise RuntimeError(
                f"{name}() is called in a thread that has slept, and here a thread sleeps in no time; "
                "sleep first, and then start the thread"
            )
        if self.over is not None:
            raise self.over
        self._handles.end_statements()
        how, content, _, _ = self.say("port", self._packed(number, name, args, kwargs))
        if how == "value":
            return content if type(content) in ATOMS else self._handles.into(content)
        if how == "more":
            return self._look(number, name, *content)
        raise self._error(content)

    def _look(self, number: int, name: str, kept: int, new: Wire) -> list[Any]:
        """Give a list that a port shows: so much of it is here from the look before, and this is new."""
        looked = self._looked.setdefault((number, name), [])
        if new or kept < len(looked):
            looked[kept:] = self._handles.into(new)
        return looked.copy()

    def begin_call(
        self, number: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[int, asyncio.Future[Any]]:
        """Call an asynchronous method of a port.

        The request leaves with the next message, the reply comes when it comes.
        """
        if self.over is EndedError:
            raise EndedError
        loop = self._loops[0] if len(self._loops) == 1 else events._get_running_loop()
        if loop not in self._loops:
            raise RuntimeError(f"{name}() is awaited on an event loop from outside the simulation")
        if self.over is not None:
            # It waits for ever. Raised at once, an error would be tried again at once, without end, by
            # `except: pass`.
            return 0, asyncio.Future(loop=loop)
        packed = self._packed(number, name, args, kwargs)
        call = self._calls_begun = self._calls_begun + 1
        self._add(BEGUN, [call, *packed])
        future = self._waiting[call] = asyncio.Future(loop=loop)
        return call, future

    def begin_wait(self, number: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Reply:
        """Call a method of a port that holds its thread: give where its answer will be."""
        if self.over is not None:
            raise self.over
        packed = self._packed(number, name, args, kwargs)
        call = self._calls_begun = self._calls_begun + 1
        self._add(BEGUN, [call, *packed])
        reply = Reply()
        self._waiting[call] = reply
        return reply

    def _packed(self, number: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Wire:
        out = self._handles.out
        given = [a if type(a) in ATOMS else out(a) for a in args]
        named = {key: out(value) for key, value in kwargs.items()} if kwargs else kwargs
        return [number, name, given, named, self._place(name) if self._has_lines else 0]

    def drop_call(self, call: int) -> None:
        """Nobody waits for this call any more."""
        if self._waiting.pop(call, None) is not None:
            self._add(DROPPED, call)

    async def leave_call(self, call: int) -> None:
        """Nobody wants this call's answer any more, and it goes on to its end.

        Whoever awaits it waits for that; a second cancel drops it.
        """
        future = self._waiting.pop(call, None)
        if future is None:
            return
        self._add(DROPPED, -call)
        future = self._waiting[call] = asyncio.Future(loop=future.get_loop())
        try:
            await future
        except asyncio.CancelledError:
            self.drop_call(call)
            raise
        except Exception:  # noqa: S110 - it ends as cancelled, however the other side ended it
            pass

    def hear(self, wake: Wire) -> None:
        """A call is answered: whoever awaits it goes on."""
        call, how, content = wake
        future = self._waiting.pop(call, None)
        if future is not None and not future.done():
            if how == "value":
                future.set_result(content if type(content) in ATOMS else self._handles.into(content))
            else:
                self._fail(call, future, self._error(content))

    def _fail(self, call: int, future: Any, error: BaseException) -> None:
        """The call ends in an error; one that says that the time was up is made as asyncio.timeout makes it.

        That cancels the task which waits, and turns its own cancel into the error.
        """
        if isinstance(error, TimeoutError) and not isinstance(future, Reply):
            loop: Any = future.get_loop()
            for task in loop.unfinished():
                if getattr(task, "_fut_waiter", None) is future:
                    self._limits[call] = error, task, task.cancelling()
                    task.cancel()
                    return
        if not isinstance(future, Reply):
            error = note(_of_a_coroutine(error))
        future.set_exception(error)

    def end_of_limit(self, call: int, cancel: asyncio.CancelledError) -> None:
        """Raise the error of a call whose own limit cancelled the task, unless somebody else did so, too."""
        error, task, before = self._limits.pop(call)
        try:
            if task.uncancel() <= before:
                cancel.__context__ = error.__cause__ or cancel.__context__
                error.__cause__ = cancel
                raise note(error)
        finally:
            del error  # As for any error: whatever frame holds it is held by it.

    def had_a_limit(self, call: int) -> bool:
        """Was it the call's own limit that cancelled the task?"""
        return call in self._limits

    def _error(self, content: Wire) -> BaseException:
        name, args, cause, inside = [*content, None, None][:4]
        given = [self._handles.into(a) for a in args]
        if inside is not None:
            given.append([self._error(one) for one in inside])
        error = self._program.error_class(name)(*given)
        if cause is not None:
            error.__cause__ = self._error(cause)
        return note(error)

    def _place(self, name: str) -> Wire:
        """The line that is being run; where several calls are under way, with the number of the call.

        A 1 behind them says that code of the suite's own called the port.
        """
        method = sys._getframe(3)
        call, line = CALL.get(), _line_below(method, self._program.filename)
        if method.f_back is not None and _is_of_a_suite(method.f_back.f_code.co_filename, name):
            return [line, call, 1]
        return [line, call] if call else line

    # ---- time

    def block(self, seconds: float, function: str, line: int) -> None:
        """Let virtual time pass with the whole process standing still."""
        self.say("block", [seconds, function, line])

    # ---- own choices: made by the judge in advance, told back with the next message

    def choose(self, kind: int, options: int) -> int:
        """Make a choice of our own, as the judge has planned it."""
        place = self._made.get(kind, 0)
        self._made[kind] = place + 1
        self._add(CHOSEN, options if kind == WHICH_NEXT else -options)
        for planned, where, option in self._plan or ():
            if planned == kind and where == place:
                return int(option) if option < options else 0
        return 0
