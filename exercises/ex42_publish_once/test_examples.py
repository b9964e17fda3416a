"""To run while you work. The hidden promises ask what happens on worse days than these."""

import sqlite3

import pytest
from publish import SCHEMA, publish, recover


class RecordingPhone:
    """Rings once for each key, and remembers for what; the calls for `silent` keys hear no reply."""

    def __init__(self, *silent: str) -> None:
        self.silent = silent
        self.rang: dict[str, str] = {}

    def ring(self, key: str, text: str) -> None:
        if key in self.silent:
            raise TimeoutError("no reply")
        self.rang.setdefault(key, text)


@pytest.fixture
def db() -> sqlite3.Connection:
    """A database with the table, in memory."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    return connection


def rows(db: sqlite3.Connection) -> list[tuple[str, ...]]:
    return db.execute("SELECT key, text, state FROM alerts ORDER BY key").fetchall()


def test_it_rings_and_is_published(db: sqlite3.Connection) -> None:
    """When the phone answers, it has rung, and the table says published."""
    phone = RecordingPhone()
    publish(db, phone, "disk-7/r1", "disk-7 is full")
    assert phone.rang == {"disk-7/r1": "disk-7 is full"}
    assert rows(db) == [("disk-7/r1", "disk-7 is full", "published")]


def test_once_more_calls_nobody(db: sqlite3.Connection) -> None:
    """For a published alert the phone is not called again."""
    publish(db, RecordingPhone(), "disk-7/r1", "disk-7 is full")
    again = RecordingPhone()
    publish(db, again, "disk-7/r1", "disk-7 is full")
    assert again.rang == {}


def test_a_silent_phone_leaves_it_in_progress(db: sqlite3.Connection) -> None:
    """When no reply comes, the caller hears of it."""
    with pytest.raises(TimeoutError):
        publish(db, RecordingPhone("disk-7/r1"), "disk-7/r1", "disk-7 is full")


def test_a_recovery_finishes_what_is_in_progress(db: sqlite3.Connection) -> None:
    """What is in progress is finished, with what the table holds."""
    db.execute("INSERT INTO alerts VALUES ('disk-7/r1', 'disk-7 is full', 'in progress')")
    db.commit()
    phone = RecordingPhone()
    assert recover(db, phone) == 1
    assert phone.rang == {"disk-7/r1": "disk-7 is full"}
    assert rows(db) == [("disk-7/r1", "disk-7 is full", "published")]
