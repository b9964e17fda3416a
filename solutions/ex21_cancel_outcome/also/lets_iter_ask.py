"""Lets iter() ask the archive before each batch, until the answer is the number of alerts."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
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
        for done in iter(self._durable, len(self._alerts)):
            end = min(done + self._batch_size, len(self._alerts))  # islice takes no number above sys.maxsize.
            batch = islice(self._alerts, done, end)
            await self._archive.append(self._export_id, tuple(batch))

    def outcome(self) -> Outcome:
        match self._durable():
            case done if done == len(self._alerts):
                return Outcome(Left.ALL, done)
            case 0:
                return Outcome(Left.NOTHING, 0)
            case done:
                return Outcome(Left.PART, done)

    def _durable(self) -> int:
        return self._archive.count(self._export_id)
