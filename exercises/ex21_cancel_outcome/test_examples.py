"""Examples: an export that nobody stops, one that is stopped, and one that goes on.

`run(...)` is asyncio.run on a clock that jumps: sleeping for a second costs nothing.
"""

import asyncio

import pytest
from export import Export, Left, Outcome

from halfway.kit import run

ALERTS = ["disk-7 is full", "api-2 is slow", "db-1 is down", "db-2 is down", "mail-1 is full"]


class ListArchive:
    """An archive in memory: a batch is durable after one second, and append() returns after two."""

    def __init__(self):
        self.rows = []

    async def append(self, export_id, batch):
        await asyncio.sleep(1)
        self.rows += [(export_id, alert) for alert in batch]
        await asyncio.sleep(1)

    def count(self, export_id):
        return len([row for row in self.rows if row[0] == export_id])


async def within(seconds, work):
    """Cancel the work when the time is up, as a deploy does, and raise TimeoutError."""
    async with asyncio.timeout(seconds):
        await work


def test_an_export_that_nobody_stops_is_nothing_and_then_all():
    """Before run() the archive holds nothing, after it everything, in order."""
    archive = ListArchive()
    export = Export("incident-7", ALERTS, archive, batch_size=2)
    assert export.outcome() == Outcome(Left.NOTHING, 0)
    run(export.run())
    assert export.outcome() == Outcome(Left.ALL, 5)
    assert archive.rows == [("incident-7", alert) for alert in ALERTS]


def test_an_export_that_is_stopped_says_how_much_the_archive_holds():
    """Stopped after two and a half seconds, the export says PART, with the number that is durable."""
    archive = ListArchive()
    export = Export("incident-7", ALERTS, archive, batch_size=2)
    with pytest.raises(TimeoutError):
        run(within(2.5, export.run()))
    assert export.outcome() == Outcome(Left.PART, archive.count("incident-7"))


def test_a_new_export_goes_on_where_the_old_one_was_stopped():
    """A second Export of the same id adds what is missing, and nothing twice."""
    archive = ListArchive()
    with pytest.raises(TimeoutError):
        run(within(2.5, Export("incident-7", ALERTS, archive, batch_size=2).run()))
    export = Export("incident-7", ALERTS, archive, batch_size=2)
    run(export.run())
    assert export.outcome() == Outcome(Left.ALL, 5)
    assert archive.rows == [("incident-7", alert) for alert in ALERTS]
