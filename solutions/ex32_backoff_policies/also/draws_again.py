"""An overflow is caught, a wait above the cap is drawn again, and one class asks the other whether."""

import random
from typing import Protocol

__all__ = ("ExponentialBackoff", "FixedRetry", "RetryPolicy")


class RetryPolicy(Protocol):
    def should_retry(self, attempt: int, error: BaseException) -> bool: ...

    def next_delay(self, attempt: int) -> float: ...


class FixedRetry:
    def __init__(
        self,
        max_attempts: int,
        delay: float = 1.0,
        retry_on: tuple[type[BaseException], ...] = (Exception,),
    ) -> None:
        if max_attempts < 1 or delay < 0:
            raise ValueError(f"nobody can make {max_attempts} attempts with {delay} s between them")
        self.max_attempts, self.delay, self.retry_on = max_attempts, delay, retry_on

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        if not isinstance(error, Exception) or attempt >= self.max_attempts:
            return False
        return any(isinstance(error, named) for named in self.retry_on)

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
        if base <= 0 or cap < base:
            raise ValueError(f"give 0 < base <= cap, and not a base of {base} and a cap of {cap}")
        self.whether = FixedRetry(max_attempts, retry_on=retry_on)
        self.base, self.cap, self.jitter = base, cap, jitter
        self.rng = random.Random() if rng is None else rng

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        return self.whether.should_retry(attempt, error)

    def next_delay(self, attempt: int) -> float:
        try:
            wait = min(self.cap, self.base * 2.0 ** (attempt - 1))
        except OverflowError:
            wait = self.cap
        drawn = wait * self.rng.uniform(0.5, 1.5) if self.jitter else wait
        while drawn > self.cap:
            drawn = wait * self.rng.uniform(0.5, 1.5)
        return drawn
