"""Refuses what the contract excludes; the key is a digest of parts that say how long they are."""

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
    if alert.revision < 1:
        raise ValueError(f"revisions count from 1, and this one is {alert.revision}")
    parts = [part.encode() for part in (alert.incident, str(alert.revision), alert.recipient)]
    return sha256(b"".join(b"%d:%b," % (len(part), part) for part in parts)).hexdigest()


async def publish(alert: Alert, phone: Phone, attempts: int = 3) -> str:
    if attempts < 1:
        raise ValueError(f"publish makes at least one call, and attempts is {attempts}; give 1 or more")
    key = dedup_key(alert)
    for left in reversed(range(attempts)):
        try:
            return await phone.ring(key, alert.recipient, alert.text)
        except (ConnectionError, TimeoutError):
            if not left:
                raise
    raise AssertionError("the last attempt returns or raises")


class Desk:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._rung: dict[str, tuple[str, str, str]] = {}

    def ring(self, key: str, recipient: str, text: str) -> str:
        if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
            raise ValueError(f"a key has 1 to 255 printable ASCII characters, not {key!r}")
        try:
            first_recipient, first_text, receipt = self._rung[key]
        except KeyError:
            receipt = self._line.ring(recipient, text)
            self._rung[key] = recipient, text, receipt
            return receipt
        if (first_recipient, first_text) != (recipient, text):
            raise KeyReused(f"key {key!r} already names another call; make a new key for new work")
        return receipt
