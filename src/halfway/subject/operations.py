"""What a judge hands in to be called, in every shape; and callers who come later, give up, or are apart."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable, Generator
from typing import Any

IS_IT = ("__call__", "at_once")
"""The methods of a port by which an operation is called: to its caller these are the operation itself."""


class _Awaitable:
    """What can be awaited, and is neither a coroutine nor a future."""

    def __init__(self, call: Callable[[], Awaitable[Any]]) -> None:
        self._call = call

    def __await__(self) -> Generator[Any, None, Any]:
        return self._call().__await__()


def _calls(port: Any) -> Callable[[], Any]:
    def call() -> Any:
        return port()

    return call


async def _slow_to_leave(port: Any) -> Any:
    try:
        return await port()
    except asyncio.CancelledError:
        await port.leave()
        raise


_SHAPES: dict[str, Callable[[Any], Callable[[], Any]]] = {
    "a function": _calls,
    "a partial": functools.partial,
    "a future": lambda port: lambda: asyncio.ensure_future(port()),
    "an awaitable": lambda port: lambda: _Awaitable(port),
    "slow to leave": lambda port: lambda: _slow_to_leave(port),
    "at once": lambda port: port.at_once,
}


def made_operation(port: Any, shape: str) -> Callable[[], Any]:
    """Give a new function of this shape that calls the port.

    "slow to leave": cancelled, it awaits `port.leave()` first. "at once": it calls `port.at_once()`, which
    raises before there is anything to await.
    """
    return _SHAPES[shape](port)


async def after(seconds: float, patience: float | None, owner: Any, name: str, *args: Any) -> Any:
    """Make the call so many seconds from now, and give up when it has taken longer than `patience`."""
    await asyncio.sleep(seconds)
    async with asyncio.timeout(patience):
        answer = getattr(owner, name)(*args)
        return await answer if inspect.isawaitable(answer) else answer


def apart(owner: Any, name: str, *args: Any) -> Any:
    """Make the call in an event loop of its own, which is closed then."""

    async def called() -> Any:
        return await getattr(owner, name)(*args)

    return asyncio.run(called())


WRITTEN_IN = made_operation.__code__.co_filename
"""The file of this module as its code names it: a page has compiled it elsewhere."""
