"""Lets the batch in flight end before a cancellation is passed on: a longer wait, the same truth."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

__all__ = ("Archive", "Export", "Left", "Outcome")


class Left(Enum):
    NOTHING = "nothing"
    PART = "part"
    ALL = "all"


@dataclass(frozen=True)
class Outcome:
    left: Left
    done: int


class Archive(Protocol):
    async def append(self, export_id: str, batch: Sequence[str]) -> None: ...

    def count(self, export_id: str) -> int: ...


class Export:
    def __init__(self, export_id: str, alerts: Sequence[str], archive: Archive, batch_size: int) -> None:
        self._export_id = export_id
        self._alerts = alerts
        self._archive = archive
        self._batch_size = batch_size

    async def run(self) -> None:
        done = self._archive.count(self._export_id)
        for first in range(done, len(self._alerts), self._batch_size):
            batch = tuple(self._alerts[first : first + self._batch_size])
            await finished(self._archive.append(self._export_id, batch))

    def outcome(self) -> Outcome:
        done = self._archive.count(self._export_id)
        if done == len(self._alerts):
            return Outcome(Left.ALL, done)
        return Outcome(Left.PART if done else Left.NOTHING, done)


async def finished(work: Coroutine[object, object, None]) -> None:
    """Wait until the work has ended, however often that is broken off; then pass a cancellation on."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as broken_off:
            cancelled = broken_off
    failed = task.exception()
    if cancelled is not None:
        raise cancelled
    if failed is not None:
        raise failed
