"""How a task that is cancelled ends, and who lost the cancel if it does not."""

import asyncio
import types
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from halfway.subject.loop import VirtualLoop


def swallowed_a_cancel(task: asyncio.Task[Any], before: int) -> bool:
    """Did it return as if nobody had cancelled it? `before` is how often it was cancelled before the call."""
    return task.done() and not task.cancelled() and task.cancelling() > before and task.exception() is None


def cancels_taken_back(sent: dict[asyncio.Task[Any], int], before: int) -> int:
    """How many tasks ended as cancelled and no longer count each cancel that was sent, or came before.

    Or count one that they sent themselves, which is still to come: it hits whatever is awaited next.
    """
    return sum(
        task.cancelled() and (task.cancelling() < count + before or getattr(task, "_must_cancel", False))
        for task, count in sent.items()
    )


def see_ends(
    seen: dict[str, Any], ended_ns: list[int], lost_by: str, taken_back: int, changed: list[str]
) -> None:
    """Tell when the calls ended, who lost a cancel, whose count says less than were sent, and what is set."""
    if ended_ns:
        seen["ended"] = ended_ns
    if lost_by:
        seen["lost"] = lost_by
    if taken_back:
        seen["uncancelled"] = taken_back
    if changed:
        seen["changed"] = changed


def see_left(seen: dict[str, Any], loop: VirtualLoop | None, main: list[asyncio.Task[Any]]) -> None:
    """Tell what is not over though the calls are: tasks that are not theirs, timers, what is ready."""
    if loop is None:
        return
    leaked = 0
    if len(loop.tasks) > len(main):
        leaked = len([task for task in loop.unfinished() if task not in main])
    if leaked:
        seen["leaked"] = leaked
    if leaked or loop._ready or loop.next_timer_ns() is not None:
        seen["left"] = leaked or 1


def cancel_of(task: asyncio.Task[Any]) -> BaseException:
    """The very error with which a cancelled task ended."""
    try:
        task.result()
    except asyncio.CancelledError as error:
        return error
    return asyncio.CancelledError()


def ends_of(tasks: Sequence[asyncio.Task[Any]], now_ns: Callable[[], int]) -> list[int]:
    """When each of these tasks ends, filled in as they do; -1 before."""
    ended = [-1] * len(tasks)

    def note(place: int, task: asyncio.Task[Any]) -> None:
        ended[place] = now_ns()

    for place, task in enumerate(tasks):
        task.add_done_callback(partial(note, place))
    return ended


def waits_in(task: asyncio.Task[Any], code: types.CodeType) -> bool:
    """Is the task suspended inside this function of asyncio's own?"""
    waits: Any = task.get_coro()
    while waits is not None:
        if getattr(waits, "cr_code", None) is code:
            return True
        waits = getattr(waits, "cr_await", None)
    return False


async def awaiting(awaitable: Any) -> Any:
    """Await it, as a coroutine."""
    return await awaitable


def called_by(
    coros: list[Coroutine[Any, Any, Any]], *, cleanup: bool, turn: bool
) -> list[Coroutine[Any, Any, Any]]:
    """The same calls, made by callers as they are: in their clean-up, or each in its turn."""
    called = [in_cleanup(coro) for coro in coros] if cleanup else coros
    return in_turn(called) if turn else called


def in_turn(coros: list[Coroutine[Any, Any, Any]]) -> list[Coroutine[Any, Any, Any]]:
    """The calls that were made are awaited one after the other, each when the one before has ended."""
    ended = [asyncio.Event() for _ in coros]
    ended[-1].set()
    return [_after(ended[place - 1], coro, ended[place]) for place, coro in enumerate(coros)]


async def _after(before: asyncio.Event, coro: Coroutine[Any, Any, Any], ended: asyncio.Event) -> Any:
    await before.wait()
    ended.clear()
    try:
        return await coro
    finally:
        ended.set()


async def begins_later(coro: Coroutine[Any, Any, Any], seconds: float) -> Any:
    """The call is made when so many seconds have passed."""
    try:
        await asyncio.sleep(seconds)
    except BaseException:
        coro.close()  # The process has ended before: it is never made.
        raise
    return await coro


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
