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
    """What the archive holds: alerts[:done]. Whoever goes on, goes on with alerts[done:]."""

    left: Left
    done: int


class Archive(Protocol):
    """Keeps the alerts of every export for good, while processes come and go.

    Nothing else is equal to it, it can be hashed, and it is there as long as the process is.
    """

    async def append(self, export_id: str, batch: Sequence[str]) -> None:
        """Add the whole batch at the end of the export, and return once it is durable. It may take any time.

        batch: any Sequence of 1 or more str, and not a str itself. It is copied when append() starts to run,
        and not yet when it is called.
        Raises ConnectionRefusedError (the batch was not added), TimeoutError (no reply was heard), or any
        other Exception (nobody knows).
        Cancelled, it may take a while to end, with or without having added the batch; then it raises
        CancelledError, and nothing else.
        After it has ended, in whichever way, it adds nothing any more; nor does one whose process has died.
        """

    def count(self, export_id: str) -> int:
        """Return how many alerts of the export are durable now, 0 if there are none.

        Answers at once, in whichever thread, and raises nothing.
        """


class Export:
    """Copies `alerts` into the archive as `export_id`, in order, at most `batch_size` alerts at a time.

    export_id: a str.
    alerts: a list, a tuple or any other Sequence of 0 or more str, and not a str itself, that can be sliced
    as a list can (a slice is one, too); every Export of the id in an archive has equal ones, for good.
    archive: an Archive.
    batch_size: an int of 1 or more.

    Alerts go in as they are, also empty ones and equal ones.
    Only one run() of an id in an archive is awaited at any time; other Exports of that id may have run
    before it, may have been made and not run yet, and may run after it.
    Exports of other ids, or into other archives, may run at the same time, as many as there are: none of them
    may wait for another, or stop it.
    """

    def __init__(self, export_id: str, alerts: Sequence[str], archive: Archive, batch_size: int) -> None:
        self._export_id = export_id
        self._alerts = alerts
        self._archive = archive
        self._batch_size = batch_size

    async def run(self) -> None:
        """Append, batch after batch, every alert that the archive does not hold yet. No batch is empty.

        Once it is awaited, it starts at alert number count(), whichever Export wrote those before, and with
        whatever batch_size.
        It takes as long as the archive takes: a time limit is for the caller to set, who can cancel it.

        Cancelled at an await, it begins no further batch: it calls append() no more. A CancelledError at its
        await is a cancel, also one that the task does not count any more. A cancel that comes while it awaits
        nothing is heard at its next await, if one comes.
        It may wait until the batch under way is finished, or give it up: the one whose append() was called
        before, awaited or not, or that a task was made for. Either way it waits until that append() has
        ended, however often run() is cancelled meanwhile; one that has not started ends when it is closed
        (Python does that, once nobody holds it), or with its task.
        Then it ends with CancelledError (that class, and no subclass), even when all is done by then, or
        append() fails before run() has raised its error. In the end the task's count of cancels
        (`cancelling()`) is what its callers made it: asyncio.timeout and TaskGroup take theirs back. It
        cancels nobody else but tasks of its own; whoever else cancels those, cancels run(), too. Nobody
        closes run() while it waits: without a cancel, only its process can end then.

        An error of the archive, any Exception, ends it: nothing is tried again. It raises that error, the
        same object, and adds nothing to it: no note, no cause, no context (but what Python adds when a caller
        is in an `except`), no attribute. A CancelledError of asyncio is no such error (append() raises it
        only when it was cancelled); that of concurrent.futures is an Exception as any other.

        When run() has ended, nothing of run() is under way: no append(), no timer, no thread, no asynchronous
        generator that is still open, and no task but one that it has cancelled and that ends, with what it
        waits for, in its next turn. A thread of asyncio.to_thread that has nothing to do is the loop's.
        What is set on the event loop, in the calling task (context variables, attributes and callbacks, too)
        and for the process is as before.
        It may be called again, however often it has failed or was cancelled, in any event loop and task, also
        by a task that was cancelled earlier and is cleaning up: a CancelledError that was raised before run()
        was called was not for it.
        Left behind: alerts[:n] in order, for an n from 0 to len(alerts). outcome() says how many.
        """
        done = self._archive.count(self._export_id)
        for first in range(done, len(self._alerts), self._batch_size):
            batch = tuple(self._alerts[first : first + self._batch_size])
            await self._archive.append(self._export_id, batch)

    def outcome(self) -> Outcome:
        """Say what the archive holds now, whichever Export or process wrote it, and however that ended.

        It may be asked at any time and in any thread, also while a run() is under way, here or in another
        process; it answers at once.
        NOTHING with 0, ALL with len(alerts), PART in between. An export of no alerts is ALL.
        """
        done = self._archive.count(self._export_id)
        if done == len(self._alerts):
            return Outcome(Left.ALL, done)
        return Outcome(Left.PART if done else Left.NOTHING, done)
