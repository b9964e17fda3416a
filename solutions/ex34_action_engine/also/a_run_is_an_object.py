"""Run an action; when it fails, wait and try again."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

__all__ = ("Action", "FixedRetry", "Gate", "RetryPolicy", "TaskEngine", "action")

T = TypeVar("T")
Func = Callable[..., object]


class RetryPolicy(Protocol):
    """What an engine asks after a failed attempt: whether another one follows, and after how long.

    A policy is known by these two methods, and by `call` where it is a Gate. Each of them may be its class's
    or its own. Nothing else counts: not its class, not its other attributes, not its hash, not what it
    equals, and not whether it counts as true or false.
    One policy serves many runs, also side by side, and answers at once.
    """

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        """Say, as a bool, whether another attempt follows number `attempt`, which ended in `error`.

        Attempts are numbered from 1 in each run.
        """

    def next_delay(self, attempt: int) -> float:
        """Give the seconds to wait after attempt number `attempt`: a float or an int, from 0 up to 1e9.

        It may answer differently each time it is asked.
        """


@runtime_checkable
class Gate(Protocol):
    """A policy that has this method as well stands in front of every attempt: a circuit breaker."""

    async def call(self, operation: Callable[[], Awaitable[T]]) -> T:
        """Await `operation()` once, and give its result or raise; or raise without that call."""


class FixedRetry:
    """Make `max_attempts` attempts, and wait `delay` seconds after each but the last.

    max_attempts: an int of 1 or more; the first attempt counts.
    delay: a finite number of seconds, 0 or more.
    retry_on: a tuple of exception classes; other errors are not tried again.
    """

    def __init__(
        self,
        max_attempts: int,
        delay: float = 1.0,
        retry_on: tuple[type[BaseException], ...] = (Exception,),
    ) -> None:
        self.max_attempts = max_attempts
        self.delay = delay
        self.retry_on = retry_on

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        """Say yes to an Exception of a class in `retry_on`, until there were `max_attempts` attempts."""
        wanted = isinstance(error, Exception) and isinstance(error, self.retry_on)
        return wanted and attempt < self.max_attempts

    def next_delay(self, attempt: int) -> float:
        """Give `delay`."""
        return self.delay


@dataclass(frozen=True)
class Action:
    """A function, and the policy for its failures. Anybody may make one."""

    func: Func
    policy: RetryPolicy


def action(retry: int | RetryPolicy = 1) -> Callable[[Func], Action]:
    """Make a function into an action.

    retry: an int of 0 or more (also of a class built on int, such as an IntEnum, but for bool), or a
        RetryPolicy, which is never an int.

    A policy is taken as the object that it is.
    A number n of 1 or more means FixedRetry(max_attempts=n), as it always has; 0 means what 1 means.
    """

    def decorate(func: Func) -> Action:
        policy = FixedRetry(max_attempts=max(1, retry)) if isinstance(retry, int) else retry
        return Action(func, policy)

    return decorate


class TaskEngine:
    """Runs actions, any number of them side by side.

    An attempt is the call `act.func(*args)`, and if that gives an awaitable, one await of it: `func` may be a
    plain function, a coroutine function, or any callable that gives an awaitable. What the await gives is not
    awaited again. Every attempt is given the same objects, and runs in the task of whoever awaits the run,
    where context variables that it sets stay set, whether it fails or not.
    When the policy is a Gate, every attempt is a pass through its `call`, the first one included, and `func`
    is called only inside that pass. How and when `call` ends is how and when the attempt has ended: a
    rejection is an attempt that failed, and has its number.

    An engine has no limits of its own: of attempts, of runs side by side, of the length of an attempt or of a
    wait. It remembers nothing of a run. It may be made before there is an event loop, and serves one loop
    after another.
    """

    async def execute_with_retry(self, act: Action, *args: object) -> object:
        """Make attempts until one succeeds, or the policy of the action wants no more.

        act: an Action.

        An attempt that raises an Exception has failed, whichever Exception it is (other than StopIteration,
        which cannot leave a coroutine). Then the policy is asked once whether another one follows, with the
        number of the attempt and the very error.
        If so, it is asked once how long to wait; so many seconds lie between the end of this attempt and the
        beginning of the next. In a wait of 0, too, everybody else has a turn.
        While it waits, nothing else in the process waits with it, and no thread does.

        The result of an attempt that succeeds is the result of the run, whatever it is: None, 0, an error
        that is given and not raised, or a Future that the await gave.
        When no other attempt follows, the caller gets the last error itself, as it came: no other error
        around it, and no cause, no context, no note and no attribute added or replaced, also where the run is
        awaited in an `except` block; only its traceback grows. A StopAsyncIteration may come as RuntimeError.
        What is no Exception, such as a CancelledError that the function raises itself, or a group with a
        KeyboardInterrupt in it, ends the run as it is, and the policy is not asked about it. What the policy
        raises (StopIteration apart, here too) ends the run as it is, and is no failed attempt; the error of
        the attempt may be its context.

        Cancelled while it waits, the run ends before any more time has passed. Cancelled in an attempt, it
        passes the cancel on to the attempt, and waits until that has ended. Where the attempt lets the cancel
        through, and in a wait, the run ends with asyncio.CancelledError itself, no subclass, with any
        message, cause and context; it begins no other attempt, and the policy is not asked about the cancel.
        An attempt may answer the cancel: with an Exception it has failed, and with a result it has succeeded,
        as any other does. The engine takes no cancel back.
        A cancel may come when an attempt awaits nothing more, as when a plain function cancels its own task.
        It ends the wait that follows. Where no wait follows, whoever awaits the run gets its result or
        error, as if there had been no cancel.
        What is left behind is what the attempts left: the engine leaves nothing of its own, other than what
        Python's garbage collector takes away.
        """
        return await _Run(act, args).to_its_end()


class _Open:
    """The gate of a policy that is none: it lets everybody through."""

    async def call(self, operation: Callable[[], Awaitable[T]]) -> T:
        """Await `operation()`."""
        return await operation()


class _Run:
    """The attempts of one run, and their number."""

    def __init__(self, act: Action, args: tuple[object, ...]) -> None:
        self.act, self.args, self.attempts = act, args, 0
        self.gate: Gate = act.policy if isinstance(act.policy, Gate) else _Open()

    async def to_its_end(self) -> object:
        """Make attempts, and wait between them."""
        while True:
            done, result = await self.one_more()
            if done:
                return result
            await _pause(self.act.policy.next_delay(attempt=self.attempts))

    async def one_more(self) -> tuple[bool, object]:
        """Make one attempt: whether it is the last, and its result; the error of the last is raised."""
        self.attempts += 1
        try:
            return True, await self.gate.call(self.operation)
        except Exception as error:
            if not self.act.policy.should_retry(attempt=self.attempts, error=error):
                raise
        return False, None

    async def operation(self) -> object:
        """Call the function, and await what it gives."""
        given = self.act.func(*self.args)
        if inspect.isawaitable(given):
            given = await given
        return given


async def _pause(seconds: float) -> None:
    """Wait for a timer of the loop."""
    loop = asyncio.get_running_loop()
    over = loop.create_future()
    timer = loop.call_later(seconds, _set, over)
    try:
        await over
    finally:
        timer.cancel()


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
