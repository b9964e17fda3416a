"""What page 53 says about real systems, held against those systems."""

import logging
import sqlite3
import sys
from collections.abc import Iterator

import pytest

from halfway import catalog
from halfway.trips import dbos_workflows
from halfway.trips import workflow_plays as plays
from halfway.trips.workflow_plays import Answers

pytestmark = [
    pytest.mark.pin,
    pytest.mark.skipif(
        sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42),
        reason="on Python 3.12 and newer DBOS asks SQLite for what is there from 3.42 on",
    ),
]


@pytest.fixture(scope="module")
def dbos() -> Iterator[Answers]:
    """What DBOS says to the commands of the field trip, asked once."""
    logging.disable(logging.CRITICAL)
    yield dbos_workflows.in_dbos()
    logging.disable(logging.NOTSET)


def test_dbos_says_cancelled_while_a_step_runs(dbos: Answers) -> None:
    """The status is CANCELLED before the step that is at work has ended."""
    assert dbos[plays.CANCELLED] == "cancelled"


def test_dbos_drops_the_result_of_a_cancelled_step(dbos: Answers) -> None:
    """The step ended after the cancel, and no step is recorded; after a resume it runs again."""
    assert (dbos[plays.LATE], dbos[plays.AGAIN]) == ("0", "runs again")


def test_dbos_gives_the_place_of_a_cancelled_step_away(dbos: Answers) -> None:
    """In a queue of one place the next one begins while the step of the cancelled one is at work."""
    assert dbos[plays.PLACE] == "begins beside it"


def test_dbos_takes_what_is_cancelled_out_of_its_queue(dbos: Answers) -> None:
    """Cancelled while it waits, it never runs."""
    assert dbos[plays.QUEUED] == "never runs"


def test_dbos_resumes_beside_the_old_step(dbos: Answers) -> None:
    """The step begins a second time before its first run has ended."""
    assert dbos[plays.RESUMED] == "runs twice at once"


def test_dbos_resumes_past_the_queue(dbos: Answers) -> None:
    """What waits is resumed while the only place of its queue is taken, and runs."""
    assert dbos[plays.AT_ONCE] == "runs at once"


def test_dbos_cancels_children_when_told(dbos: Answers) -> None:
    """A child of a finished parent goes on, unless the cancel says cancel_children=True."""
    assert (dbos[plays.ALONE], dbos[plays.FAMILY]) == ("goes on", "is cancelled")


def test_dbos_does_not_resume_what_failed(dbos: Answers) -> None:
    """The handle of the resume raises the error of the first run."""
    assert dbos[plays.FAILED] == "raises ValueError"


def test_dbos_forks_from_the_named_step(dbos: Answers) -> None:
    """The first step has number 1; a fork from step 2 runs step 2 alone, and takes one result over."""
    assert (dbos[plays.NUMBER], dbos[plays.FORKED]) == ("1", "1")


def test_dbos_forks_to_a_version(dbos: Answers) -> None:
    """A fork to another version waits, while a worker of the old one runs what comes after it."""
    assert dbos[plays.VERSION] == "waits"


def test_dbos_forks_from_nowhere(dbos: Answers) -> None:
    """A fork from step 99 of two runs nothing, and returns the old result."""
    assert dbos[plays.TOO_FAR] == "returns [1, 2]"


def test_dbos_knows_no_unknown_id(dbos: Answers) -> None:
    """A cancel of nobody is silent, and the list of its steps is empty."""
    assert (dbos[plays.NOBODY], dbos[plays.NO_STEPS]) == ("is silent", "[]")


def test_the_field_trip_shows_where_dbos_differs(dbos: Answers) -> None:
    """With the reference, every row is as the contract says, and DBOS differs in eight of the sixteen."""
    rows = dbos_workflows.trip(catalog.find("53").solution.read_text(encoding="utf-8"), dbos)
    assert [row.yours for row in rows] == [row.expected for row in rows]
    assert sum(row.theirs != row.yours for row in rows) == 8
