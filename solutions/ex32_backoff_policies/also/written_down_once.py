"""The plain waits are written down once; without an `rng`, chance is the system's, which no fork copies."""

import random
from collections.abc import Callable
from typing import Protocol

__all__ = ("ExponentialBackoff", "FixedRetry", "RetryPolicy")

Rule = Callable[[int, BaseException], bool]


class RetryPolicy(Protocol):
    def should_retry(self, attempt: int, error: BaseException) -> bool: ...

    def next_delay(self, attempt: int) -> float: ...


def rule_of(max_attempts: int, retry_on: tuple[type[BaseException], ...]) -> Rule:
    """Make the rule by which an error is followed by another attempt."""
    if max_attempts < 1:
        raise ValueError(f"max_attempts is 1 or more, and not {max_attempts}")

    def rule(attempt: int, error: BaseException) -> bool:
        match error:
            case Exception():
                return isinstance(error, retry_on) and attempt < max_attempts
            case _:
                return False

    return rule


class FixedRetry:
    def __init__(
        self,
        max_attempts: int,
        delay: float = 1.0,
        retry_on: tuple[type[BaseException], ...] = (Exception,),
    ) -> None:
        if delay < 0:
            raise ValueError(f"delay is 0 or more, and not {delay}")
        self._rule, self._delay = rule_of(max_attempts, retry_on), delay

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        return self._rule(attempt, error)

    def next_delay(self, attempt: int) -> float:
        return self._delay


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
        if not 0 < base <= cap:
            raise ValueError(f"base lies between 0 and cap ({cap}), and is not {base}")
        self._rule = rule_of(max_attempts, retry_on)
        self._waits = [base]
        while self._waits[-1] < cap:
            self._waits.append(min(cap, self._waits[-1] * 2))
        self._tops = [min(wait * 1.5, cap) for wait in self._waits]
        chance = random.SystemRandom() if rng is None else rng
        self._rng = chance if jitter else None

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        return self._rule(attempt, error)

    def next_delay(self, attempt: int) -> float:
        place = min(attempt, len(self._waits)) - 1
        wait = self._waits[place]
        return wait if self._rng is None else self._rng.uniform(self._tops[place], wait / 2)
