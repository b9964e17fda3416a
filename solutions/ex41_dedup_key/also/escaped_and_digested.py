"""Names are escaped, then joined; the last try stands after the loop; the desk keeps fingerprints."""

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote

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
    # No escaped name contains a slash, so a slash is always the end of a name.
    names = f"{quote(alert.incident, safe='')}/{alert.revision}/{quote(alert.recipient, safe='')}"
    return f"alert-{sha256(names.encode()).hexdigest()}"


async def publish(alert: Alert, phone: Phone, attempts: int = 3) -> str:
    key = dedup_key(alert)
    for _ in range(attempts - 1):
        with suppress(ConnectionError, TimeoutError):
            return await phone.ring(key, alert.recipient, alert.text)
    return await phone.ring(key, alert.recipient, alert.text)


class Desk:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._first: dict[str, tuple[bytes, str]] = {}

    def ring(self, key: str, recipient: str, text: str) -> str:
        fingerprint = sha256(repr((recipient, text)).encode()).digest()
        known = self._first.get(key)
        if known is None:
            known = self._first[key] = fingerprint, self._line.ring(recipient, text)
        if known[0] != fingerprint:
            raise KeyReused(f"key {key!r} already names another call; make a new key for new work")
        return known[1]
