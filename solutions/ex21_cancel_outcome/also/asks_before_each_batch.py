"""Asks the archive before each batch, so that no number outlives one turn of the loop."""

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
        while rest := self._alerts[self._archive.count(self._export_id) :]:
            await self._archive.append(self._export_id, tuple(rest[: self._batch_size]))

    def outcome(self) -> Outcome:
        done = self._archive.count(self._export_id)
        if done >= len(self._alerts):
            left = Left.ALL
        elif done:
            left = Left.PART
        else:
            left = Left.NOTHING
        return Outcome(left, done)
