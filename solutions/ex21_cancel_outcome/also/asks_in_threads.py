"""Asks the archive in other threads: of a pool, of asyncio, and in one that it starts and joins."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
        with ThreadPoolExecutor(1) as pool:
            loop = asyncio.get_running_loop()
            done = await loop.run_in_executor(pool, self._archive.count, self._export_id)
            while done < len(self._alerts):
                batch = tuple(self._alerts[done : done + self._batch_size])
                await self._archive.append(self._export_id, batch)
                done = pool.submit(self._archive.count, self._export_id).result()

    def outcome(self) -> Outcome:
        answers: list[int] = []
        thread = threading.Thread(target=lambda: answers.append(self._archive.count(self._export_id)))
        thread.start()
        thread.join()
        if answers == [len(self._alerts)]:
            return Outcome(Left.ALL, answers[0])
        return Outcome(Left.PART if answers[0] else Left.NOTHING, answers[0])
