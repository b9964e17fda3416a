"""The fields are escaped into one text; an SQLite table remembers, and takes back what the line refuses."""

import sqlite3
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

__all__ = ("Alert", "Desk", "KeyReused", "Line", "Phone", "dedup_key", "publish")


@dataclass(frozen=True)
class Alert:
    """One call to one person.

    Incident, revision and recipient say which alert it is; text is what it says.
    Names are any text that UTF-8 can carry; two spellings are two names. Revisions count from 1.
    """

    incident: str
    revision: int
    recipient: str
    text: str


class Phone(Protocol):
    """The on-call phone service, seen from your side of the network. It knows keys."""

    async def ring(self, key: str, recipient: str, text: str) -> str:
        """Ring and give a receipt; for a call that has rung under this key, give its receipt and stay quiet.

        ConnectionRefusedError: nothing rang.
        TimeoutError, or any other ConnectionError: no reply came; it may have rung.
        Any other error, KeyReused too: nothing rang, and the same call ends the same way again.
        """


class Line(Protocol):
    """The wire behind the service's desk. It knows no keys."""

    def ring(self, recipient: str, text: str) -> str:
        """Ring and give a receipt, or raise ConnectionRefusedError and stay quiet."""


class KeyReused(Exception):
    """The key already names another call; nothing rang."""


def dedup_key(alert: Alert) -> str:
    """Give the key of this alert: the same in every attempt, every process and every year.

    Alerts that differ in incident, revision or recipient have different keys.
    Alerts that differ in text alone have the same key.
    A key has 1 to 255 printable ASCII characters, whatever the names contain.
    """
    # repr() escapes the quote that ends a name wherever the name itself holds one.
    intent = repr((alert.incident, alert.revision, alert.recipient))
    return sha256(intent.encode()).hexdigest()


async def publish(alert: Alert, phone: Phone, attempts: int = 3) -> str:
    """Ring for this alert, and give the phone's receipt.

    Calls the phone until it gives a receipt, at most `attempts` times; attempts is at least 1.
    Every call carries the key of the alert.
    Tries again after every ConnectionError, a refusal too, and after TimeoutError.
    Lets the last of them through as it is.
    Every other error goes through at once, and so does a cancellation: no call begins after it.

    Left behind: no call under way; the phone has not rung, or has rung once and the receipt was not heard.
    Publish the same alert again, from any process: in all, the phone rings once.
    """
    key = dedup_key(alert)
    for attempt in range(1, attempts + 1):
        try:
            return await phone.ring(key, alert.recipient, alert.text)
        except (ConnectionError, TimeoutError):
            if attempt == attempts:
                raise
    raise ValueError(f"publish makes at least one call, and attempts is {attempts}; give 1 or more")


class Desk:
    """Sits between callers and a line, and rings once for each key."""

    def __init__(self, line: Line) -> None:
        """Start with no key used, whatever other desks have heard."""
        self._line = line
        self._table = sqlite3.connect(":memory:")
        self._table.execute("CREATE TABLE calls (key TEXT UNIQUE, recipient TEXT, text TEXT, receipt TEXT)")

    def ring(self, key: str, recipient: str, text: str) -> str:
        """Ring once for `key`, and answer every repeat with the first receipt, however late it comes.

        Raises KeyReused for a key that has rung with another recipient or text: nothing rings,
        and the key still names the call that came first.
        When the line refuses, ConnectionRefusedError goes through and the key is still unused.
        """
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
