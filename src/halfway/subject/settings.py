"""What all share in a process, and find as it was when a call has ended: loop, caller and process."""

import asyncio
import atexit
import gc
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import Context, ContextVar
from typing import Any

from halfway.subject.held_locks import held
from halfway.subject.loop import VirtualLoop

_NOT_SET = object()
_OF_PYTHON = frozenset(("decimal_context",))
"""Variables that Python itself sets when somebody asks what they hold."""
_ENDS = (signal.SIGINT, signal.SIGTERM)


class Settings:
    """What is set on a loop, for the tasks that call, and for the process, when a call begins."""

    def __init__(self, loop: VirtualLoop, tasks: Sequence[asyncio.Task[Any]], context: Context) -> None:
        self._loop, self._tasks, self._context = loop, tasks, context
        self._variables = dict(context)
        self._open = loop.open_generators()
        self._held = list(held)
        self._before = self._now()
        self._shared = [get() for _, get, _ in _SHARED]

    def changes(self) -> list[str]:
        """Name what is not as it was, in words; what the next process would meet is put back."""
        now = self._now()
        changed = [name for name, value in self._before.items() if not _is_one(now[name], value)]
        changed += [f"the context variable {name}" for name in self._variables_set()]
        for (name, get, put), before in zip(_SHARED, self._shared, strict=True):
            if get() != before:
                changed.append(name)
                put(before)
        if any(generator not in self._open for generator in self._loop.open_generators()):
            changed.append("an asynchronous generator, which is still open")
        if any(lock not in self._held for lock in held):
            changed.append("a lock of threading, which is still held")
        return changed

    def _now(self) -> dict[str, Any]:
        loop = self._loop
        held = vars(loop)
        return {
            "the loop's handler of exceptions": loop.get_exception_handler(),
            "the loop's factory of tasks": loop.get_task_factory(),
            "the loop's debug mode": loop.get_debug(),
            "the loop's limit for slow callbacks": loop.slow_callback_duration,
            "the loop's executor": held.get("_default_executor"),
            "the loop's executor, which is shut down": held.get("_executor_shutdown_called"),
            "the loop's generators, which are shut down": held.get("_asyncgens_shutdown_called"),
            "the name of the caller's task": [task.get_name() for task in self._tasks],
            "what runs when the process ends": atexit._ncallbacks(),
        }

    def _variables_set(self) -> list[str]:
        """The variables that hold something else now than the caller found in them."""
        found = [
            (variable, value, self._variables[variable] if variable in self._variables else _unset(variable))
            for variable, value in self._context.items()
            if variable.name not in _OF_PYTHON
        ]
        return sorted(variable.name for variable, value, before in found if not _is_one(value, before))


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
    return [signal.getsignal(number) for number in _ENDS]


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
