"""What a learner's code is given instead of a port of the judge's: objects whose methods become messages."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from halfway.subject import stepping


class TakesCalls(Protocol):
    """What the calls of a port are put to: one process lifetime."""

    is_slow: bool

    def call_port(self, number: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...

    def begin_call(
        self, number: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[int, asyncio.Future[Any]]: ...

    def begin_wait(self, number: int, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...

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
        method = _METHODS[how](name)
        method.__name__, method.__qualname__ = name, f"{kind}.{name}"
        body[name] = property(method) if how == "v" else method
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


def _waiting(name: str) -> Callable[..., Any]:
    """A method that holds the thread which calls it until it is answered."""

    def method(self: Proxy, *args: Any, **kwargs: Any) -> Any:
        return stepping.at_once(steps(self, *args, **kwargs))

    def steps(self: Proxy, *args: Any, **kwargs: Any) -> stepping.Steps:
        yield
        reply = self._subject.begin_wait(self._number, name, args, kwargs)
        yield stepping.Wait(reply.done, lambda: f"for {name}() to end", None)
        return reply.value if reply.error is None else _raised(reply.error)

    stepping.steps_of(method, steps)
    return method


def _raised(error: BaseException) -> Any:
    """Raise it; what no generator can raise is given as it is, and raised by whoever called."""
    if isinstance(error, StopIteration):
        return stepping.Raised(error)
    raise error


_METHODS = {"a": _asynchronous, "s": _synchronous, "v": _synchronous, "t": _waiting}
