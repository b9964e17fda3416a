"""What waits in a virtual loop.

Handles and timers, made and cancelled with fewer calls than asyncio's own.
"""

import asyncio
from collections.abc import Sequence
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any


class Handle(asyncio.Handle):
    """asyncio's own, made with fewer calls: a loop makes two for each thing that happens."""

    __slots__ = ()

    if TYPE_CHECKING:
        # What it has inside, and typeshed does not tell.
        _callback: Any
        _context: Context
        _loop: Any
        _repr: str | None
        _source_traceback: Any

    def __init__(self, callback: Any, args: Sequence[Any], loop: Any, context: Context | None) -> None:
        self._context = copy_context() if context is None else context
        self._loop, self._callback, self._args = loop, callback, args
        self._cancelled, self._repr, self._source_traceback = False, None, None


class Timer(asyncio.TimerHandle):
    """asyncio's own, made and cancelled with fewer calls.

    Cancelled, it stays in the heap and is passed over.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        # What it has inside, and typeshed does not tell.
        _callback: Any
        _context: Context
        _loop: Any
        _repr: str | None
        _source_traceback: Any
        _when: float
        _scheduled: bool

    def __init__(
        self, when: float, callback: Any, args: Sequence[Any], loop: Any, context: Context | None
    ) -> None:
        self._context = copy_context() if context is None else context
        self._loop, self._callback, self._args = loop, callback, args
        self._cancelled, self._repr, self._source_traceback = False, None, None
        self._when, self._scheduled = when, False

    def cancel(self) -> None:
        """It will not be called, and holds nothing any more."""
        self._cancelled = True
        self._callback = None
        self._args = ()
