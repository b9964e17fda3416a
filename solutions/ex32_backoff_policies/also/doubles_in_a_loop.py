"""Numbers are frozen values; the wait is doubled until it is the cap; a draw is a part of its range."""

import random
from dataclasses import dataclass
from typing import Protocol

__all__ = ("ExponentialBackoff", "FixedRetry", "RetryPolicy")


class RetryPolicy(Protocol):
    def should_retry(self, attempt: int, error: BaseException) -> bool: ...

    def next_delay(self, attempt: int) -> float: ...


@dataclass(frozen=True)
class Limit:
    """Which failures are followed by another attempt."""

    attempts: int
    named: tuple[type[BaseException], ...]

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"there is at least one attempt, and max_attempts is {self.attempts}")

    def allows(self, attempt: int, error: BaseException) -> bool:
        """Say whether there is another attempt after this one."""
        try:
            raise error
        except self.named:
            return isinstance(error, Exception) and attempt < self.attempts
        except BaseException:
            return False


class FixedRetry:
    def __init__(
        self,
        max_attempts: int,
        delay: float = 1.0,
        retry_on: tuple[type[BaseException], ...] = (Exception,),
    ) -> None:
        self.limit = Limit(max_attempts, retry_on)
        if delay < 0:
            raise ValueError(f"no wait is shorter than none, and delay is {delay}")
        self.delay = delay

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        return self.limit.allows(attempt, error)

    def next_delay(self, attempt: int) -> float:
        return self.delay


class ExponentialBackoff:
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
        self.limit = Limit(max_attempts, retry_on)
        if not 0 < base <= cap:
            raise ValueError(f"the first wait ({base}) is above 0, and not above the longest ({cap})")
        self.base, self.cap, self.jitter = base, cap, jitter
        self.rng = random.Random() if rng is None else rng

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        return self.limit.allows(attempt, error)

    def next_delay(self, attempt: int) -> float:
        wait = self.base
        for _ in range(1, attempt):
            wait *= 2
            if wait >= self.cap:
                wait = self.cap
                break
        if not self.jitter:
            return wait
        low, high = wait / 2, min(1.5 * wait, self.cap)
        return low + (high - low) * self.rng.random()
