"""Decide whether a failed call is tried again, and how long to wait before it."""

import random
from typing import Protocol

__all__ = ("ExponentialBackoff", "FixedRetry", "RetryPolicy")


class RetryPolicy(Protocol):
    """What an engine asks after an attempt that failed; the calling and the waiting are the engine's.

    An attempt is one call, and the first one counts: attempts are numbered from 1.
    One policy serves many calls, whose questions come one after the other: from any thread, and never from
    two at once.
    It may be asked about any attempt at any time, also twice, and also beyond its limit.
    Apart from chance an answer depends on the question and on what the policy was made with, and on nothing
    else: not on earlier questions, not on the time, not on who asks, and not on settings of the process or
    thread, such as the context of decimal, what is logged, or that warnings are errors.
    Python's own limits, such as the one on recursion, are set as in a new process.
    A wait that is drawn by chance is drawn anew for each question.
    To ask takes no time, however large the attempt is.
    """

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        """Say whether another attempt follows number `attempt`, which ended in `error`.

        attempt: an int of 1 or more, however large: also one that no float can hold, and str() refuses.
        error: any exception, as it was caught; it may be false, it may refuse to be changed or hashed, and
        str() of it may raise.

        It raises nothing, and draws no chance.
        """

    def next_delay(self, attempt: int) -> float:
        """Give the seconds to wait between attempt number `attempt` and the next one: an int or a float.

        attempt: an int of 1 or more, however large: also one that no float can hold, and str() refuses.

        It does not look at the limit of attempts: whoever asks after the last one is given a wait, too.
        It raises nothing.
        A relative error below 1e-9 is allowed, above the cap too; which wait of its range a seed gives is
        free.
        """


class FixedRetry:
    """Wait the same time before every new attempt.

    max_attempts: how many attempts a call has, an int, however large; 1 means that nothing is tried again.
    delay: the seconds to wait, an int or float of at most 1e9; 0 means not to wait.
    retry_on: a tuple of exception classes; an empty one means that nothing is tried again.

    A call is tried again when its error is of a class in `retry_on`, or of one that is built on it, until
    `max_attempts` attempts have been made.
    What is not an Exception (a cancelled task, an interrupt, an exit, a class built on BaseException alone)
    is never tried again, whatever `retry_on` names: it is an order to stop, and no failure.
    To name it is allowed, and changes nothing.
    What is an Exception is a failure: concurrent.futures.CancelledError, MemoryError and a group, too.
    The error itself counts, not its name, nor its cause, nor the members of a group.

    Raises ValueError, when it is made and not when it is asked, for any `max_attempts` below 1 and any
    `delay` below 0, also where nobody would ever wait.
    """

    def __init__(
        self,
        max_attempts: int,
        delay: float = 1.0,
        retry_on: tuple[type[BaseException], ...] = (Exception,),
    ) -> None:
        raise NotImplementedError

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        """Say whether another attempt follows number `attempt`, which ended in `error`.

        attempt: an int of 1 or more.
        """
        raise NotImplementedError

    def next_delay(self, attempt: int) -> float:
        """Give `delay`, after the last attempt, too.

        attempt: an int of 1 or more.
        """
        raise NotImplementedError


class ExponentialBackoff:
    """Wait `base` seconds, then twice as long before each further attempt, but never longer than `cap`.

    max_attempts, retry_on: what they are for FixedRetry.
    base, cap: seconds, ints or floats from 0.001 to 1e9; they may be equal.
    jitter: whether chance has a part in the wait.
    rng: where chance comes from, a Random or one of a class built on it, such as SystemRandom, whose numbers
    are equally likely; it may be false, it may refuse to be hashed and have no state, and any of its methods
    that draw may be used.

    After attempt n the plain wait is d = min(cap, base * 2**(n - 1)), however large n is.
    Without jitter it is the wait.
    With jitter the wait is uniform between d/2 and 3d/2, without the part of that range above `cap`:
    it is uniform between d/2 and min(3d/2, cap), and no single wait comes more often than another.

    Chance comes from `rng` itself, which is neither copied nor seeded.
    With jitter each wait is drawn when it is asked for, by one or more calls of such methods; without jitter
    a wait need not be drawn.
    Equal seeds give equal waits to the same questions for a wait, asked in the same order, whatever
    `should_retry` is asked in between.
    Policies that share one `rng` do not draw alike.
    The module `random`, which the whole process shares, is neither drawn from nor seeded.
    Without `rng`, or with None, a policy finds chance elsewhere, and no two policies draw alike: whatever
    `random.seed` was told, among a thousand, and where one is gone before the other is made, which may then
    have the same id().
    What becomes of chance that a fork or a copy of a policy takes along is not asked.

    Raises ValueError, when it is made and not when it is asked, for any `max_attempts` below 1, any `base` of
    0 or less, and any `cap` below `base`, also where nobody would ever wait.

    After: Exponential Backoff And Jitter, AWS Architecture Blog, 2015, which has other ranges.
    """

    def __init__(
        self,
        max_attempts: int = 5,
        base: float = 2,
        cap: float = 60,
        jitter: bool = True,
        retry_on: tuple[type[BaseException], ...] = (Exception,),
        *,
        rng: random.Random | None = None,
    ) -> None:
        raise NotImplementedError

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        """Say whether another attempt follows number `attempt`, which ended in `error`.

        attempt: an int of 1 or more.
        """
        raise NotImplementedError

    def next_delay(self, attempt: int) -> float:
        """Give the seconds to wait after attempt number `attempt`; with jitter, a draw of its own.

        attempt: an int of 1 or more.
        """
        raise NotImplementedError
