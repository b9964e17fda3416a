"""Export alerts to the archive in batches, and say truthfully how far that came.

A deploy may cancel an export at any await; whoever goes on later starts from what outcome() said.
"""

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
        """Add the whole batch at the end of the export, and return once it is durable. It may take any time.

        batch: a Sequence of 1 or more str, and not a str itself.
        Raises ConnectionRefusedError (the batch was not added), TimeoutError (no reply was heard), or others.
        Cancelled, it may take a while to end. Once it has ended, it has added the whole batch or never will;
        which of the two, only a return and a refusal say.
        """

    def count(self, export_id: str) -> int:
        """Return how many alerts of the export are durable now, 0 if there are none. Answers at once."""


class Export:
    """Copies `alerts` into the archive as `export_id`, in order, at most `batch_size` alerts at a time.

    export_id: a str.
    alerts: a Sequence of 0 or more str, and not a str itself; every Export of the id has the same, for good.
    archive: an Archive.
    batch_size: an int of 1 or more.

    Alerts go in as they are, also empty ones and equal ones.
    Only one run() of an id is under way at any time; others of that id may have run, wait, or run next.
    Other ids, and other archives, may be at work meanwhile: none waits for another.
    """

    def __init__(self, export_id: str, alerts: Sequence[str], archive: Archive, batch_size: int) -> None:
        self._export_id = export_id
        self._alerts = alerts
        self._archive = archive
        self._batch_size = batch_size

    async def run(self) -> None:
        """Append, batch after batch, every alert that the archive does not hold yet. No batch is empty.

        It starts where the archive ends, whichever Export wrote that, and with whatever batch_size.
        It takes as long as the archive takes: a time limit is for the caller to set, who can cancel it.
        Cancelled, it begins no further batch; the one under way may be finished or given up.
        Then it ends with CancelledError itself, even when all is done or the archive raises an error as well.
        An error of the archive, whichever it is, ends it and comes through as it is: nothing is tried again.
        When run() has ended, nothing of it is under way. It may be called again, in any event loop and task,
        also while a task that was cancelled before is cleaning up.
        Left behind: the first alerts, in order, each once: none, some or all. outcome() says how many.
        """
        done = self._archive.count(self._export_id)
        for first in range(done, len(self._alerts), self._batch_size):
            batch = tuple(self._alerts[first : first + self._batch_size])
            await self._archive.append(self._export_id, batch)

    def outcome(self) -> Outcome:
        """Say what the archive holds now, whichever Export or process wrote it, and however that ended.

        It may be asked at any time, also while a run() is under way.
        NOTHING with 0, ALL with len(alerts), PART in between. An export of no alerts is ALL.
        """
        done = self._archive.count(self._export_id)
        if done == len(self._alerts):
            return Outcome(Left.ALL, done)
        return Outcome(Left.PART if done else Left.NOTHING, done)
