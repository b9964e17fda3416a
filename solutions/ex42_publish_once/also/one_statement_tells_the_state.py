"""One statement puts the alert in and tells its state; in the second block the call comes first."""

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
    with db:
        (state,) = db.execute(
            "INSERT INTO alerts VALUES (?, ?, 'in progress') "
            "ON CONFLICT (key) DO UPDATE SET text = excluded.text RETURNING state",
            (key, text),
        ).fetchall()[0]
    if state == "in progress":
        # The transaction of this block begins at its first statement, after the call.
        with db:
            phone.ring(key, text)
            db.execute("UPDATE alerts SET state = 'published' WHERE key = ?", (key,))


def recover(db: sqlite3.Connection, phone: Phone) -> int:
    finished = 0
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    waiting = cursor.execute("SELECT * FROM alerts WHERE state = 'in progress'").fetchall()
    for row in waiting:
        try:
            phone.ring(row["key"], row["text"])
        except Exception:
            continue
        with db:
            db.execute("UPDATE alerts SET state = 'published' WHERE key = ?", (row["key"],))
        finished += 1
    return finished
