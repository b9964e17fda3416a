"""Tasks that are the same in every run."""

import asyncio
import functools
from asyncio import events
from collections.abc import Iterable
from typing import Any, TypeVar

_T = TypeVar("_T")

EAGER = getattr(asyncio, "eager_task_factory", None)
"""asyncio's own factory of eager tasks, where there is one (3.12 and newer)."""


class DeterministicTask(asyncio.Task[_T]):
    """A task whose hash, and whose name, is its creation number.

    asyncio keeps tasks in sets (TaskGroup, wait, as_completed), and with hashes made of addresses their order
    differs from run to run. `loop` is a virtual one, which counts its tasks and keeps them.
    """

    def __init__(self, coro: Any, *, loop: Any, name: Any = None, **options: Any) -> None:
        self._number: int = loop.tasks_made + 1
        loop.tasks_made = number = self._number
        super().__init__(coro, loop=loop, name=f"Task-{number}" if name is None else name, **options)
        loop.keep(self)

    def __hash__(self) -> int:
        return self._number


class DeterministicFuture(asyncio.Future[_T]):
    """A future whose hash, once it is asked for, is a number of its loop.

    Sets of futures have the order of the program.
    """

    __slots__ = ("_number",)

    _number: int

    def __hash__(self) -> int:
        try:
            return self._number
        except AttributeError:
            loop: Any = self.get_loop()
            loop.futures_hashed += 1
            self._number = number = -int(loop.futures_hashed)
            return number


def make_task(loop: Any, coro: Any, **options: Any) -> DeterministicTask[Any]:
    """The task factory of a virtual loop."""
    return DeterministicTask(coro, loop=loop, **options)


def make_eager_task(loop: Any, coro: Any, **options: Any) -> DeterministicTask[Any]:
    """What stands in for asyncio's own factory of eager tasks."""
    return DeterministicTask(coro, loop=loop, eager_start=True, **options)


_as_completed = asyncio.as_completed


@functools.wraps(_as_completed)
def _as_completed_in_order(fs: Iterable[Any], **options: Any) -> Any:
    """asyncio.as_completed, which keeps what it is given in a set.

    On a virtual loop, tasks are made in the order given.
    """
    loop: Any = events._get_running_loop()
    if not hasattr(loop, "futures_hashed") or asyncio.isfuture(fs) or asyncio.iscoroutine(fs):
        return _as_completed(fs, **options)
    return _as_completed([asyncio.ensure_future(each) for each in dict.fromkeys(fs)], **options)


# For good, and not while simulated code runs alone: who imports the name from asyncio may do so before.
asyncio.as_completed = asyncio.tasks.as_completed = _as_completed_in_order


def close(coro: Any) -> None:
    """End a coroutine, whatever it says to that: a process that is killed is not asked."""
    try:
        coro.close()
    except BaseException:
        if getattr(coro, "cr_frame", None) is not None:
            _keep_for_good(coro)


def _keep_for_good(thing: Any) -> None:
    """Never let Python collect it, not even when Python ends.

    A coroutine that goes on when it is closed is closed again by whoever collects it. With no loop left,
    one that catches every error would then try again without end.
    """
    # It takes longer to import than a story to tell, and is hardly ever needed.
    import ctypes

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))
