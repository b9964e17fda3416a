"""Transactions by hand: each takes the lock at its beginning; a recovery asks for one row at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

__all__ = ["SCHEMA", "Phone", "publish", "recover"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS alerts (
    key   TEXT NOT NULL PRIMARY KEY,
    text  TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('in progress', 'published'))
)
"""


class Phone(Protocol):
    def ring(self, key: str, text: str) -> None: ...


def publish(db: sqlite3.Connection, phone: Phone, key: str, text: str) -> None:
    with _writing(db):
        db.execute(
            "INSERT INTO alerts SELECT :key, :text, 'in progress' "
            "WHERE NOT EXISTS (SELECT * FROM alerts WHERE key = :key)",
            {"key": key, "text": text},
        )
    found = db.execute("SELECT 1 FROM alerts WHERE key = ? AND state = 'published'", (key,)).fetchall()
    if not found:
        phone.ring(text=text, key=key)
        with _writing(db):
            db.execute("UPDATE alerts SET state = 'published' WHERE key = ?", (key,))


def recover(db: sqlite3.Connection, phone: Phone) -> int:
    finished, last = 0, ""
    while True:
        row = db.execute(
            "SELECT key, text FROM alerts WHERE state = 'in progress' AND key > ? ORDER BY key LIMIT 1",
            (last,),
        ).fetchone()
        if row is None:
            return finished
        last = row[0]
        try:
            phone.ring(*row)
        except Exception:
            continue
        with _writing(db):
            finished += db.execute("UPDATE alerts SET state = 'published' WHERE key = ?", (last,)).rowcount


@contextmanager
def _writing(db: sqlite3.Connection) -> Iterator[None]:
    """A transaction that has the lock from its first statement on."""
    before = db.isolation_level
    db.isolation_level = None
    try:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
        db.isolation_level = before
