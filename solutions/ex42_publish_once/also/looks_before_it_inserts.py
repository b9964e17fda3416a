"""It looks first, and lets the database decide who is first when two have looked."""

import sqlite3
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
    state = _state_of(db, key)
    if state is None:
        try:
            db.execute("INSERT INTO alerts (key, text, state) VALUES (?, ?, 'in progress')", (key, text))
            db.commit()
        except sqlite3.IntegrityError:
            db.rollback()
        except BaseException:
            db.rollback()
            raise
        # Where another worker was faster, what it wrote is what counts.
        state = _state_of(db, key)
    if state != "published":
        phone.ring(key, text)
        _mark(db, key)


def recover(db: sqlite3.Connection, phone: Phone) -> int:
    before = db.total_changes
    for key, text in list(db.execute("SELECT key, text FROM alerts WHERE state = 'in progress'")):
        try:
            phone.ring(key, text)
        except Exception:
            continue
        _mark(db, key)
    return db.total_changes - before


def _state_of(db: sqlite3.Connection, key: str) -> str | None:
    row = db.execute("SELECT state FROM alerts WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def _mark(db: sqlite3.Connection, key: str) -> None:
    try:
        db.execute("UPDATE alerts SET state = 'published' WHERE key = ?", (key,))
        db.commit()
    finally:
        if db.in_transaction:
            db.rollback()
