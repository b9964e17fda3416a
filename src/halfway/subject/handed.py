"""What a judge hands in that is neither plain data nor a port, and is made here.

Errors, seeded chance, functions to be called, callers who come later or give up.
"""

import asyncio
import concurrent.futures
import functools
import random
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any

ELSEWHERE: dict[str, type[BaseException]] = {
    "asyncio.CancelledError": asyncio.CancelledError,
    "concurrent.futures.CancelledError": concurrent.futures.CancelledError,
}
"""Classes of errors that are no built-in names, and that code meets all the same."""


def made_error(
    kind: type[BaseException],
    text: str,
    cause: BaseException | None = None,
    inside: Sequence[BaseException] = (),
) -> BaseException:
    """Give an error as if it had been caught: with what it came from, and for a group with its members."""
    error: Any = kind(text, list(inside)) if issubclass(kind, BaseExceptionGroup) else kind(text)
    error.__cause__ = error.__context__ = cause
    return error  # type: ignore[no-any-return]


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
        return await getattr(owner, name)(*args)


def apart(owner: Any, name: str, *args: Any) -> Any:
    """Make the call in an event loop of its own, which is closed then."""

    async def called() -> Any:
        return await getattr(owner, name)(*args)

    return asyncio.run(called())


class ProcessChance:
    """The chance that a whole process shares: the module `random`. It is given back as it was found."""

    def __init__(self) -> None:
        self._before: Any = None

    def seed(self, seed: int) -> None:
        """Let it begin here, as a start-up script does that wants its runs alike."""
        if self._before is None:
            self._before = random.getstate()
        random.seed(seed)

    def stands_at(self) -> int:
        """Give a number that changes when somebody draws from it, or seeds it."""
        return hash(random.getstate())

    def give_back(self) -> None:
        """It stands where it stood before it was seeded."""
        if self._before is not None:
            random.setstate(self._before)
            self._before = None


HANDED: dict[str, Callable[..., Any]] = {
    "!rng": random.Random,
    "!error": made_error,
    "!operation": made_operation,
    "!after": after,
    "!apart": apart,
}
"""What a judge calls by these names."""
