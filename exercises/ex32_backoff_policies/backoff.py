"""Decide whether a failed call is tried again, and how long to wait before."""

import random
from typing import Protocol

__all__ = ("ExponentialBackoff", "FixedRetry", "RetryPolicy")


class RetryPolicy(Protocol):
    """What an engine asks after an attempt that failed; the calling and the waiting are the engine's.

    An attempt is one call, and the first one counts: attempts are numbered from 1.
    One policy serves many calls, which take turns: it may be asked about any attempt at any time, also twice,
    and also beyond its limit. No question changes the answer to another, and no time that passes does;
    a wait that is drawn by chance is drawn anew for each question.
    To ask takes no time.
    """

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        """Say whether another attempt follows number `attempt`, which ended in `error`.

        attempt: an int of 1 or more.
        error: any exception, as it was caught.

        It raises nothing, and draws no chance.
        """

    def next_delay(self, attempt: int) -> float:
        """Give the seconds to wait between attempt number `attempt` and the next one: an int or a float.

        attempt: an int of 1 or more.

        It raises nothing, and rounds nothing: a wait that is not drawn is exact to a billionth of it.
        """


class FixedRetry:
    """Wait the same time before every new attempt.

    max_attempts: how many attempts a call has, an int; 1 means that nothing is tried again.
    delay: the seconds to wait, a finite int or float; 0 means not to wait.
    retry_on: a tuple of exception classes; an empty one means that nothing is tried again.

    An error is tried again when it is an instance of a class in `retry_on`, until there were
    `max_attempts` attempts.
    What is not an Exception (a cancelled task, an interrupt, an exit, a class of one's own on BaseException)
    is never tried again, whatever `retry_on` names: it is an order to stop, and no failure.
    The error itself counts, not its name, nor its cause, nor the members of a group.

    Raises ValueError, when it is made and not when it is asked, for `max_attempts` below 1 and for `delay`
    below 0.
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
        """Give `delay`.

        attempt: an int of 1 or more.
        """
        raise NotImplementedError


class ExponentialBackoff:
    """Wait `base` seconds, then twice as long before each further attempt, but never longer than `cap`.

    max_attempts, retry_on: what they are for FixedRetry.
    base, cap: seconds, ints or floats from 0.001 to 1e9; they may be equal.
    jitter: whether chance has a part in the wait.
    rng: where chance comes from.

    After attempt n the plain wait is d = min(cap, base * 2**(n - 1)), however large n is.
    Without jitter it is the wait.
    With jitter the wait is uniform between d/2 and 3d/2, and what of that range lies above `cap` is cut off:
    it is uniform between d/2 and min(3d/2, cap).

    Chance comes from `rng` alone: equal seeds and equal questions give equal waits, and the module `random`,
    which the whole process shares, is neither drawn from nor seeded.
    Without `rng` a policy makes its own, and no two policies draw alike, whatever `random.seed` was told.
    What becomes of a policy that a fork copies is not asked.

    Raises ValueError, when it is made and not when it is asked, for `max_attempts` below 1, for a `base` of 0
    or less, and for a `cap` below `base`.

    Source: Exponential Backoff And Jitter, AWS Architecture Blog, 2015.
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
