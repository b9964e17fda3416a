"""What all share in a process, and find as it was when a call has ended: loop, caller and process."""

import _signal  # type: ignore[import-not-found]  # signal's own makes an enum of each answer
import asyncio
import atexit
import gc
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from contextvars import Context, ContextVar
from typing import Any

from halfway.subject.held_locks import held
from halfway.subject.loop import VirtualLoop

_NOT_SET = object()
_OF_PYTHON = frozenset(("decimal_context",))
"""Variables that Python itself sets when somebody asks what they hold."""
_ENDS = (signal.SIGINT, signal.SIGTERM)


_OF_CALLER = (
    "the loop's handler of exceptions",
    "the loop's factory of tasks",
    "the loop's debug mode",
    "the loop's limit for slow callbacks",
    "the loop's executor",
    "the loop's executor, which is shut down",
    "the loop's generators, which are shut down",
    "the name of the caller's task",
    "an attribute of the caller's task",
    "what runs when the process ends",
)


class Settings:
    """What is set on a loop, for the tasks that call, and for the process, when a call begins."""

    def __init__(self, loop: VirtualLoop, tasks: Sequence[asyncio.Task[Any]], context: Context) -> None:
        self._loop, self._tasks, self._context = loop, tasks, context
        self._variables = dict(context)
        self._open = loop.open_generators()
        self._held = set(held)
        self._before, self._shared = self._now(), [get() for get in _GETS]
        self._has_callbacks = False
        for task in tasks:
            task.add_done_callback(self._look_for_callbacks)

    def changes(self) -> list[str]:
        """Name what is not as it was, in words; what the next process would meet is put back."""
        now, shared = self._now(), [get() for get in _GETS]
        changed = [
            name for name, was, value in zip(_OF_CALLER, self._before, now, strict=True) if was != value
        ]
        changed += [f"the context variable {name}" for name in self._variables_set()]
        if shared != self._shared:
            for (name, get, put), before in zip(_SHARED, self._shared, strict=True):
                if get() != before:
                    changed.append(name)
                    put(before)
        if any(generator not in self._open for generator in self._loop.open_generators()):
            changed.append("an asynchronous generator, which is still open")
        if not held <= self._held:
            changed.append("a lock of threading, which is still held")
        if self._has_callbacks:
            changed.append("what is called when the caller's task ends")
        return changed

    def _look_for_callbacks(self, task: asyncio.Task[Any]) -> None:
        """The task has ended: who else is told of it comes after us, and we were the first to ask for it."""
        ready: Iterable[Any] = self._loop._ready
        self._has_callbacks |= any(
            len(handle._args) == 1 and handle._args[0] is task and not _is_ours(handle._callback)
            for handle in ready
        )

    def _now(self) -> tuple[Any, ...]:
        loop = self._loop
        held = vars(loop)
        return (
            loop.get_exception_handler(),
            loop.get_task_factory(),
            loop.get_debug(),
            loop.slow_callback_duration,
            held.get("_default_executor"),
            held.get("_executor_shutdown_called"),
            held.get("_asyncgens_shutdown_called"),
            [task.get_name() for task in self._tasks],
            [_attributes_of(task) for task in self._tasks],
            atexit._ncallbacks(),
        )

    def _variables_set(self) -> list[str]:
        """The variables that hold something else now than the caller found in them."""
        found = [
            (variable, value, self._variables[variable] if variable in self._variables else _unset(variable))
            for variable, value in self._context.items()
            if variable.name not in _OF_PYTHON
        ]
        return sorted(variable.name for variable, value, before in found if not _is_one(value, before))


def _attributes_of(task: asyncio.Task[Any]) -> dict[str, int]:
    """The attributes that somebody set: a task has them, and no `__dict__` to show them."""
    held = next((held for held in gc.get_referents(task) if type(held) is dict and "_number" in held), {})
    return {name: id(value) for name, value in held.items()}


def _is_ours(callback: Any) -> bool:
    """Is it the judge's side that wants to know of an end?"""
    return str(getattr(getattr(callback, "func", callback), "__module__", "")).startswith(__package__ or "")


def _is_one(value: Any, other: Any) -> bool:
    """Is it the same, or does it say that it is equal?"""
    if value is other:
        return True
    try:
        return bool(value == other)
    except Exception:
        return False


def _unset(variable: ContextVar[Any]) -> Any:
    """What a variable holds that nobody has set: its default, if it has one."""
    try:
        return Context().run(variable.get)
    except LookupError:
        return _NOT_SET


# ---- what is set for the process: how it is read, and how it is put back


def _log(name: str | None) -> tuple[Callable[[], Any], Callable[[Any], None]]:
    """A log, but for who listens to it: `logging.warning` alone lets somebody listen to the root."""
    log = logging.getLogger(name)

    def get() -> Any:
        return log.level, log.disabled, log.propagate, [*log.filters], log.manager.disable

    def put(before: Any) -> None:
        level, log.disabled, log.propagate, log.filters[:], log.manager.disable = before
        log.setLevel(level)

    return get, put


def _variables_of_the_environment() -> dict[Any, Any]:
    return dict(os.environ._data)  # type: ignore[attr-defined]  # decoded, they take ten times as long


def _put_back_the_environment(before: dict[Any, Any]) -> None:
    environ: Any = os.environ
    for name in {*environ._data, *before}:
        if name not in before:
            del environ[environ.decodekey(name)]
        elif environ._data.get(name) != before[name]:
            environ[environ.decodekey(name)] = environ.decodevalue(before[name])


def _handlers() -> list[Any]:
    return [_signal.getsignal(number) for number in _ENDS]


def _handle(handlers: list[Any]) -> None:
    for number, handler in zip(_ENDS, handlers, strict=True):
        with suppress(ValueError, TypeError):  # Only the main thread sets one, and none that C has set.
            signal.signal(number, handler)


def _hooks() -> tuple[Any, ...]:
    return sys.excepthook, sys.unraisablehook, threading.excepthook


def _hook(hooks: tuple[Any, ...]) -> None:
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks


def _collect(is_on: bool) -> None:
    (gc.enable if is_on else gc.disable)()


def _filter(filters: list[Any]) -> None:
    warnings.filters[:] = filters  # type: ignore[index]


_SHARED: tuple[tuple[str, Callable[[], Any], Callable[[Any], None]], ...] = (
    ("the log of asyncio", *_log("asyncio")),
    ("the root of all logs", *_log(None)),
    ("the filters of warnings", lambda: [*warnings.filters], _filter),
    ("the environment", _variables_of_the_environment, _put_back_the_environment),
    ("the limit of recursion", sys.getrecursionlimit, sys.setrecursionlimit),
    ("the collection of garbage", gc.isenabled, _collect),
    ("who hears of signals", _handlers, _handle),
    ("who hears of errors that nobody catches", _hooks, _hook),
)
_GETS = [get for _, get, _ in _SHARED]
