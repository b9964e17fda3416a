"""How a task that is cancelled ends, and who lost the cancel if it does not."""

import asyncio
import types
from collections.abc import Coroutine
from typing import Any


def swallowed_a_cancel(task: asyncio.Task[Any], before: int) -> bool:
    """Did it return as if nobody had cancelled it? `before` is how often it was cancelled before the call."""
    return task.done() and not task.cancelled() and task.cancelling() > before and task.exception() is None


def cancel_of(task: asyncio.Task[Any]) -> BaseException:
    """The very error with which a cancelled task ended."""
    try:
        task.result()
    except asyncio.CancelledError as error:
        return error
    return asyncio.CancelledError()


def waits_in(task: asyncio.Task[Any], code: types.CodeType) -> bool:
    """Is the task suspended inside this function of asyncio's own?"""
    waits: Any = task.get_coro()
    while waits is not None:
        if getattr(waits, "cr_code", None) is code:
            return True
        waits = getattr(waits, "cr_await", None)
    return False


async def in_cleanup(coro: Coroutine[Any, Any, Any]) -> Any:
    """The call is made by a task that was cancelled, while it cleans up.

    `cancelling()` is 1 before it begins.
    """
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        return await coro
