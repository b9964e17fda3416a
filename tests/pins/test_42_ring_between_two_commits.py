"""What page 42 says about SQLite and Python's sqlite3, held against them."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.pin

INSERT = "INSERT INTO alerts VALUES ('disk-7', 'in progress')"
KILLED = f"""
import os, signal, sqlite3
worker = sqlite3.connect("alerts.db")
worker.execute({INSERT!r})
print("executed", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with an empty table."""
    path = tmp_path / "alerts.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE alerts (key PRIMARY KEY, state)")
    return path


@pytest.fixture
def mine(path: Path) -> Iterator[sqlite3.Connection]:
    """One worker's connection, which does not wait."""
    with closing(sqlite3.connect(path, timeout=0)) as db:
        yield db


@pytest.fixture
def other(path: Path) -> Iterator[sqlite3.Connection]:
    """Another worker's."""
    with closing(sqlite3.connect(path, timeout=0)) as db:
        yield db


def rows(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return db.execute("SELECT key, state FROM alerts").fetchall()


@pytest.mark.skipif(sys.platform == "win32", reason="nobody is killed by a signal there")
def test_a_kill_takes_back_what_was_not_committed(path: Path, mine: sqlite3.Connection) -> None:
    """The statement was executed, the process killed: the next one finds no row."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=path.parent, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("executed\n", -9)
    assert rows(mine) == []


def test_an_open_transaction_locks_the_others_out(
    path: Path, mine: sqlite3.Connection, other: sqlite3.Connection
) -> None:
    """One has written and not committed, the other writes: locked, and by default only after 5 s."""
    mine.execute(INSERT)
    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        other.execute("INSERT INTO alerts VALUES ('api-2', 'in progress')")
    with closing(sqlite3.connect(path)) as usual:
        assert usual.execute("PRAGMA busy_timeout").fetchone() == (5_000,)


def test_a_half_read_select_keeps_others_from_committing(
    mine: sqlite3.Connection, other: sqlite3.Connection
) -> None:
    """One has read a row of two, and the other's commit is refused until the rest is read."""
    with mine:
        mine.execute("INSERT INTO alerts VALUES ('api-2', 'published'), ('db-1', 'published')")
    half_read = mine.execute("SELECT * FROM alerts")
    next(half_read)
    other.execute(INSERT)
    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        other.commit()
    half_read.fetchall()
    other.commit()
    assert len(rows(mine)) == 3


def test_a_failed_commit_is_taken_back_by_with_alone(
    mine: sqlite3.Connection, other: sqlite3.Connection
) -> None:
    """Somebody reads, so the commit fails: after commit() the transaction is open, after `with` it is not."""
    other.execute("BEGIN")
    rows(other)
    mine.execute(INSERT)
    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        mine.commit()
    assert mine.in_transaction
    mine.rollback()
    with pytest.raises(sqlite3.OperationalError, match="database is locked"), mine:
        mine.execute(INSERT)
    assert not mine.in_transaction


def test_taking_back_nothing_raises_as_a_statement_alone(
    mine: sqlite3.Connection, other: sqlite3.Connection
) -> None:
    """BEGIN found the lock taken, so nothing is open: ROLLBACK raises, and rollback() does nothing."""
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        mine.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="no transaction is active"):
        mine.execute("ROLLBACK")
    mine.rollback()


def test_insert_or_replace_forgets_the_row(mine: sqlite3.Connection) -> None:
    """What was published is in progress, in a new row."""
    with mine:
        mine.execute("INSERT INTO alerts VALUES ('disk-7', 'published'), ('api-2', 'published')")
        mine.execute("INSERT OR REPLACE INTO alerts VALUES ('disk-7', 'in progress')")
    found = mine.execute("SELECT rowid, state FROM alerts WHERE key = 'disk-7'").fetchall()
    assert found == [(3, "in progress")]


def test_leaving_for_autocommit_commits(mine: sqlite3.Connection, other: sqlite3.Connection) -> None:
    """A transaction is open, and isolation_level becomes None: the others find the row."""
    mine.execute(INSERT)
    mine.isolation_level = None
    assert not mine.in_transaction
    assert rows(other) == [("disk-7", "in progress")]
