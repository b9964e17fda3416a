"""The fields are escaped into one text; an SQLite table remembers, and takes back what the line refuses."""

import sqlite3
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

__all__ = ("Alert", "Desk", "KeyReused", "Line", "Phone", "dedup_key", "publish")


@dataclass(frozen=True)
class Alert:
    incident: str
    revision: int
    recipient: str
    text: str


class Phone(Protocol):
    async def ring(self, key: str, recipient: str, text: str) -> str: ...


class Line(Protocol):
    def ring(self, recipient: str, text: str) -> str: ...


class KeyReused(Exception): ...


def dedup_key(alert: Alert) -> str:
    # ascii() escapes the quote that ends a name wherever the name itself holds one.
    intent = ascii((alert.incident, alert.revision, alert.recipient))
    return sha256(intent.encode()).hexdigest()


async def publish(alert: Alert, phone: Phone, attempts: int = 3) -> str:
    key = dedup_key(alert)
    for attempt in range(1, attempts + 1):
        try:
            return await phone.ring(key, alert.recipient, alert.text)
        except (ConnectionError, TimeoutError):
            if attempt == attempts:
                raise
    raise ValueError(f"publish makes at least one call, and attempts is {attempts}; give 1 or more")


class Desk:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._table = sqlite3.connect(":memory:")
        self._table.execute("CREATE TABLE calls (key TEXT UNIQUE, recipient TEXT, text TEXT, receipt TEXT)")

    def ring(self, key: str, recipient: str, text: str) -> str:
        with self._table as table:
            insert = "INSERT INTO calls VALUES (?, ?, ?, '') ON CONFLICT DO NOTHING"
            if table.execute(insert, (key, recipient, text)).rowcount:
                # A refusal leaves this block, and with it goes the row.
                receipt = self._line.ring(recipient, text)
                table.execute("UPDATE calls SET receipt = ? WHERE key = ?", (receipt, key))
            select = "SELECT recipient, text, receipt FROM calls WHERE key = ?"
            first_recipient, first_text, first_receipt = table.execute(select, (key,)).fetchone()
        if (recipient, text) != (first_recipient, first_text):
            raise KeyReused(f"key {key!r} already names another call; make a new key for new work")
        return str(first_receipt)
