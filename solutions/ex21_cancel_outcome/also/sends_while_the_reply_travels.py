"""Sends the next batch as soon as the archive holds the one before, while that one's reply is on its way."""

import asyncio
from collections.abc import Sequence
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
        under_way: set[asyncio.Task[None]] = set()
        try:
            while (done := self._archive.count(self._export_id)) < len(self._alerts):
                batch = tuple(self._alerts[done : done + self._batch_size])
                under_way.add(asyncio.create_task(self._archive.append(self._export_id, batch)))
                while self._archive.count(self._export_id) == done:
                    under_way = await after_a_look(under_way)
            await asyncio.gather(*under_way)
        finally:
            for append in under_way:
                append.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    def outcome(self) -> Outcome:
        done = self._archive.count(self._export_id)
        if done == len(self._alerts):
            return Outcome(Left.ALL, done)
        return Outcome(Left.PART if done else Left.NOTHING, done)


async def after_a_look(under_way: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
    """Wait half a second, or until an append ends; pass its error on. Return those that have not ended."""
    ended, others = await asyncio.wait(under_way, timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
    for append in ended:
        append.result()
    return others
