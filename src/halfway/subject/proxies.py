"""What a learner's code is given instead of a port of the judge's: objects whose methods become messages."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol


class TakesCalls(Protocol):
    """What the calls of a port are put to: one process lifetime."""

    is_slow: bool

    def call_port(self, number: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...

    def begin_call(
        self, number: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[int, asyncio.Future[Any]]: ...

    def drop_call(self, call: int) -> None: ...

    async def leave_call(self, call: int) -> None: ...

    def had_a_limit(self, call: int) -> bool: ...

    def end_of_limit(self, call: int, cancel: asyncio.CancelledError) -> None: ...


class Proxy:
    """A port, as a learner's code sees it."""

    __slots__ = ("_number", "_subject")

    _number: int
    _subject: TakesCalls


def proxy_class(kind: str, methods: dict[str, str]) -> type[Proxy]:
    """Make the class of the proxies for one kind of port."""
    body: dict[str, Any] = {"__slots__": ()}
    for name, how in methods.items():
        method = body[name] = _asynchronous(name) if how == "a" else _synchronous(name)
        method.__name__, method.__qualname__ = name, f"{kind}.{name}"
    return type(kind, (Proxy,), body)


def _synchronous(name: str) -> Callable[..., Any]:
    def method(self: Proxy, *args: Any, **kwargs: Any) -> Any:
        return self._subject.call_port(self._number, name, args, kwargs)

    return method


def _asynchronous(name: str) -> Callable[..., Any]:
    async def method(self: Proxy, *args: Any, **kwargs: Any) -> Any:
        subject = self._subject
        call, future = subject.begin_call(self._number, name, args, kwargs)
        try:
            return await future
        except asyncio.CancelledError as cancel:
            if subject.had_a_limit(call):
                subject.end_of_limit(call, cancel)
            elif subject.is_slow:
                await subject.leave_call(call)
            else:
                subject.drop_call(call)
            raise
        finally:
            # An error holds the frames that it passed; one of them that holds the error waits for the garbage
            # collector.
            del future

    return method
