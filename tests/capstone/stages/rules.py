"""Stage 5, policies: how often, how far apart, on which errors, and what a cancel leaves: one table."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from monitor import Deadline
from system import IfCancelled, Store

_T = TypeVar("_T")


@dataclass(frozen=True)
class Rule:
    """One line of the table."""

    attempts: int
    delay_s: float
    retry_on: tuple[type[Exception], ...]
    if_cancelled: IfCancelled


@dataclass(frozen=True)
class Rules:
    """The table."""

    sample: Rule
    publish: Rule
    roster_ttl_s: float


RULES = Rules(
    sample=Rule(2, 0.5, (ConnectionError,), IfCancelled.NOTHING),
    publish=Rule(3, 2.0, (ConnectionError, TimeoutError), IfCancelled.UNKNOWN),
    roster_ttl_s=120.0,
)


async def attempt(rule: Rule, call: Callable[[], Awaitable[_T]], deadline: Deadline) -> _T:
    """Make the call until it returns, as the rule says; none begins, and no wait ends, at the deadline."""
    if deadline.remaining_s() == 0.0:
        raise TimeoutError("no time is left for a first attempt")
    for left in range(rule.attempts - 1, -1, -1):
        try:
            return await call()
        except rule.retry_on:
            if left == 0 or deadline.remaining_s() <= rule.delay_s:
                raise
        await asyncio.sleep(rule.delay_s)
        if deadline.remaining_s() == 0.0:
            break
    raise TimeoutError("no time is left for another attempt")


class Publisher:
    """Rings for a row of the outbox, whoever asks for it and however often."""

    def __init__(self, store: Store, phone: Any, roster: Any, rules: Rules, clock: Any) -> None:
        self._store, self._phone, self._roster, self._rules = store, phone, roster, rules
        self._clock = clock
        self._load: asyncio.Future[str] | None = None
        self._loaded_s = 0.0

    async def publish(self, key: str, deadline: Deadline) -> None:
        """Ring the person of this row, and commit that it has rung; pass on what a port raises."""
        if self._row(key)["is_published"]:
            return
        if self._row(key)["person"] is None:
            person = await self._on_call()
            if self._row(key)["person"] is None:
                self._store.commit({f"outbox/{key}": {**self._row(key), "person": person}})
        row = self._row(key)
        await attempt(
            self._rules.publish, lambda: self._phone.ring(key, row["person"], row["text"]), deadline
        )
        self._store.commit({f"outbox/{key}": {**self._row(key), "is_published": True}})

    def _row(self, key: str) -> Any:
        return self._store.read(f"outbox/{key}")

    async def _on_call(self) -> str:
        """One look into the roster for many, kept for a while; a failure is not kept."""
        load = self._load
        is_old = self._clock.monotonic() - self._loaded_s >= self._rules.roster_ttl_s
        if load is None or (load.done() and (is_old or load.cancelled() or load.exception())):
            load = self._load = asyncio.ensure_future(self._look())
        return await asyncio.shield(load)

    async def _look(self) -> str:
        person = str(await self._roster.on_call())
        self._loaded_s = self._clock.monotonic()
        return person

    def close(self) -> None:
        """End a look into the roster that nobody waits for any more."""
        if self._load is not None:
            self._load.cancel()
