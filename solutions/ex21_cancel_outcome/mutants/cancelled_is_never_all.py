"""It was cancelled, so something is missing.

Caught by: test_a_cancelled_export_says_what_the_archive_holds
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

__all__ = ("Archive", "Export", "Left", "Outcome")


class Left(Enum):
    """How much of an export is in the archive."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"


@dataclass(frozen=True)
class Outcome:
    """What the archive holds: alerts[:done], each once. Whoever goes on, goes on with alerts[done:]."""

    left: Left
    done: int


class Archive(Protocol):
    """Keeps the alerts of every export for good, while processes come and go."""

    async def append(self, export_id: str, batch: Sequence[str]) -> None:
        """Add the whole batch at the end of the export. Takes a while, and returns once the batch is durable.

        Raises ConnectionRefusedError (the batch was not added) or TimeoutError (nobody heard a reply).
        Cancelled or timed out, it has added the whole batch or never will. Which of the two, it does not say.
        """

    def count(self, export_id: str) -> int:
        """Return how many alerts of the export are durable now, 0 if there are none. Answers at once."""


class Export:
    """Copies `alerts` into the archive as `export_id`, in order, at most `batch_size` alerts at a time.

    Alerts go in as they are, also empty ones and equal ones. batch_size is at least 1.
    Only one Export of an id runs at any time; others of that id may wait, and other ids may run meanwhile.
    """

    def __init__(self, export_id: str, alerts: Sequence[str], archive: Archive, batch_size: int) -> None:
        self._export_id = export_id
        self._alerts = alerts
        self._archive = archive
        self._batch_size = batch_size
        self._cancelled = False

    async def run(self) -> None:
        """Append, batch after batch, every alert that the archive does not hold yet. No batch is empty.

        It starts where the archive ends, whichever Export wrote that, and with whatever batch_size.
        It takes as long as the archive takes: a time limit is for the caller to set, who can cancel it.
        Cancelled, it ends as cancelled, even when all is done. An error of the archive keeps its class.
        When run() ends, nothing of it is under way.
        Left behind: the first alerts, in order, each once: none, some or all. outcome() says how many.
        """
        done = self._archive.count(self._export_id)
        for first in range(done, len(self._alerts), self._batch_size):
            batch = tuple(self._alerts[first : first + self._batch_size])
            try:
                await self._archive.append(self._export_id, batch)
            except asyncio.CancelledError:
                self._cancelled = True
                raise

    def outcome(self) -> Outcome:
        """Say what the archive holds now, whichever Export or process wrote it, and however that ended.

        NOTHING with 0, ALL with len(alerts), PART in between. An export of no alerts is ALL.
        """
        done = self._archive.count(self._export_id)
        if done == len(self._alerts) and not self._cancelled:
            return Outcome(Left.ALL, done)
        return Outcome(Left.PART if done else Left.NOTHING, done)
