"""Stop calling a service that is down, and find out with one call when it is back."""

import sys
import time
from collections import deque
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

__all__ = ["CircuitBreaker", "CircuitOpen", "Clock", "Operation", "RetryPolicy"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Clock(Protocol):
    """Tells how long things take. The module `time` is one."""

    def monotonic(self) -> float:
        """Give seconds that never go back: two readings may be equal.

        Where they begin says nothing, and they may be below zero.
        """


class Operation(Protocol[T_co]):
    """What is called: an async function without arguments, a lambda, or whatever else gives an awaitable.

    It can be called, and nothing else is known of it: it may have no name, be false, and not be hashable.
    """

    def __call__(self) -> Awaitable[T_co]:
        """Ask the service, and give the answer once it is awaited.

        It may take any time. When it is cancelled, it may take a while to end.
        It fails with any Exception, already when it is called or later when its answer is awaited; but never
        with StopIteration, which no coroutine lets out, nor with one that refuses to be given a traceback.
        """


class RetryPolicy(Protocol):
    """What an engine asks after an attempt that failed; the calling and the waiting are the engine's."""

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        """Say whether another attempt follows number `attempt`, which ended in `error`."""

    def next_delay(self, attempt: int) -> float:
        """Give the seconds to wait between attempt number `attempt` and the next one."""


class CircuitOpen(Exception):
    """A breaker has rejected the call: the operation was not called."""


class _StillDown(CircuitOpen):
    """The wait is not over."""


class _BeingTried(CircuitOpen):
    """Somebody is finding out."""


class CircuitBreaker:
    """Let calls through while a service answers, and none while it does not.

    threshold: an int of 1 or more, however large.
    window: seconds, an int or a float above 0, however small, and up to 1e9.
    reset_after: seconds, an int or a float above 0, however small, and up to 1e9.
    clock: a Clock, the one source of every time here. It may be faster or slower than the event loop's time,
    may jump ahead, and may be false.
    policy: a RetryPolicy, or None. It has its two methods, and nothing else is known of it: it may be false,
    equal to everything, and not hashable.

    A call fails when an Exception comes out of the operation: a TimeoutError, an exception group and a
    CircuitOpen of whichever breaker too. It succeeds with any result, also with None.
    Anything else that comes out of it is neither, and says nothing of the service: a cancel, whoever asked
    for it, an order to stop (a class of somebody's own on BaseException), a BaseExceptionGroup with one in
    it, or the GeneratorExit of a call that is thrown away because its event loop was closed.
    What comes out decides, not whether somebody asked the task to stop.

    Closed: every call is let through, and none waits for another.
    A failure counts from the moment in which the call ends, and no longer once it is `window` seconds old.
    Failures of one reading of the clock count together, however small `window` is.
    While closed, a success takes none of them away. As soon as `threshold` of them count, the circuit opens.

    Open: every call is rejected, until `reset_after` seconds have passed since the failure that opened it.
    Where floats round, the difference of the two readings, the sum with `reset_after` and exact arithmetic
    are equally right, and so they are for `window`, except within one reading.

    Half-open, from exactly then on, however much later: one call is let through, the probe.
    Until it has ended, however long that takes, the others are rejected.
    When it succeeds, the circuit closes, and no earlier failure counts any more.
    When it fails, the circuit opens again, for another whole `reset_after` from the end of the probe.
    When it is neither, however often, the circuit stays half-open, and the next call is the probe.

    How a call ends counts in the period in which it was let through, and later not at all.
    Whenever the circuit opens, lets a probe through or closes, one period ends and the next one begins.
    A call that is rejected counts for nothing. An operation that lets the CircuitOpen of such a call out, be
    it of this breaker, has failed.

    One breaker is one circuit for whatever is called through it; two breakers share nothing.
    It may be made before there is an event loop, and serve several event loops, one after the other.
    """

    def __init__(
        self,
        threshold: int = 5,
        window: float = 60,
        reset_after: float = 60,
        *,
        clock: Clock = time,
        policy: RetryPolicy | None = None,
    ) -> None:
        if threshold < 1 or window <= 0 or reset_after <= 0:
            raise ValueError("give a threshold of 1 or more, and seconds above 0")
        self._clock, self._policy = clock, policy
        self._window, self._reset_after = window, reset_after
        self._recent: deque[float] = deque(maxlen=min(threshold, sys.maxsize))
        self._token = object()
        self._reopens_at = 0.0
        self._is_closed, self._is_free = True, True

    async def call(self, operation: Operation[T]) -> T:
        """Call `operation` once and give its result, or raise CircuitOpen and call nothing.

        A call is let through or rejected when it is awaited, and a rejection takes no time and is a new error
        each time.
        The operation runs in the task of whoever awaits the call, and what it gives is awaited once.
        What comes out of it reaches the caller as it is, the same object, a cancel included: no cause is
        added to an error or taken from it, and no note. So does the failure that opens the circuit.
        There is only one attempt, also with a policy, and no limit of time but the caller's.
        It may be called in any task, also in the clean-up of one that was cancelled before, and by the
        operation of another call: in each of them what comes out of the operation decides.

        Left behind: nothing under way, however it ends. When it is cancelled, at whatever moment, it ends
        when the operation has ended, and a probe keeps its place until then. Once the operation has ended, a
        cancel changes nothing: what came out of it counts, and reaches the caller.
        """
        with self._place():
            return await operation()

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        """Say no while the circuit is open; otherwise say what `policy` says.

        attempt: an int of 1 or more.

        Open means no, even if `next_delay` is longer than the rest of `reset_after`.
        The policy is asked anew each time, and without one it says False.
        Half-open is not open, with or without a probe under way.
        Asked about a CircuitOpen while the circuit is not open, it may say no, or what `policy` says.
        While the circuit is open, `policy` may be asked or not: its answer changes nothing.
        It may be asked at any time, and to ask changes nothing.
        """
        if self._policy is None or isinstance(error, CircuitOpen) or self._is_shut():
            return False
        return self._policy.should_retry(attempt, error)

    def next_delay(self, attempt: int) -> float:
        """Say what `policy` says now, also while the circuit is open; without one, 0.

        attempt: an int of 1 or more.

        It may be asked at any time, and to ask changes nothing.
        """
        if self._policy is None:
            return 0
        return self._policy.next_delay(attempt)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """The place of one call, given back however it is left."""
        token = self._let_through()
        try:
            yield
        except Exception:
            if token is self._token:
                self._note_failure()
            raise
        except BaseException:
            self._is_free = self._is_free or token is self._token
            raise
        if token is self._token and not self._is_closed:
            self._is_closed = self._is_free = True
            self._token = object()

    def _is_shut(self) -> bool:
        return not self._is_closed and self._clock.monotonic() < self._reopens_at

    def _let_through(self) -> object:
        if self._is_shut():
            raise _StillDown
        if not self._is_free:
            raise _BeingTried
        if not self._is_closed:
            self._is_free = False
            self._token = object()
        return self._token

    def _note_failure(self) -> None:
        now = self._clock.monotonic()
        self._recent.append(now)
        is_full = len(self._recent) == self._recent.maxlen and now - self._recent[0] < self._window
        if is_full or not self._is_closed:
            self._is_closed, self._is_free = False, True
            self._reopens_at = now + self._reset_after
            self._recent.clear()
            self._token = object()
