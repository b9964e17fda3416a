"""Refuses what the contract excludes when it is made, and lets a generator cut the rest into batches."""

from collections.abc import Iterator, Sequence
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
        if batch_size < 1:
            raise ValueError(
                f"a batch holds at least one alert, so give a batch_size of 1 or more, not {batch_size}"
            )
        if isinstance(alerts, str):
            raise TypeError(f"alerts are a sequence of texts, not one text; write [{alerts!r}]")
        self._export_id = export_id
        self._alerts = alerts
        self._archive = archive
        self._batch_size = batch_size

    async def run(self) -> None:
        for batch in self._rest():
            await self._archive.append(self._export_id, batch)

    def outcome(self) -> Outcome:
        done, total = self._archive.count(self._export_id), len(self._alerts)
        return Outcome(Left.ALL if done == total else Left.PART if done else Left.NOTHING, done)

    def _rest(self) -> Iterator[list[str]]:
        """What is not durable when this begins, batch by batch."""
        batch: list[str] = []
        for alert in self._alerts[self._archive.count(self._export_id) :]:
            batch.append(alert)
            if len(batch) == self._batch_size:
                yield batch
                batch = []
        if batch:
            yield batch
