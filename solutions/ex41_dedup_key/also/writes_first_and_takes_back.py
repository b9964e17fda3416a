"""A short key can be read; publish counts down; the desk takes back what it wrote when the line refuses."""

from dataclasses import dataclass
from hashlib import sha512
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
    # ascii() puts quotes around each name, and escapes what is not plain.
    name = ascii((alert.incident, alert.revision, alert.recipient))
    return name if len(name) <= 255 else f"sha512 {sha512(name.encode()).hexdigest()}"


async def publish(alert: Alert, phone: Phone, attempts: int = 3) -> str:
    while True:
        try:
            return await phone.ring(dedup_key(alert), alert.recipient, alert.text)
        except (ConnectionError, TimeoutError):
            attempts -= 1
            if attempts < 1:
                raise


class Desk:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._calls: dict[str, tuple[str, str]] = {}
        self._receipts: dict[str, str] = {}

    def ring(self, key: str, recipient: str, text: str) -> str:
        if self._calls.setdefault(key, (recipient, text)) != (recipient, text):
            raise KeyReused(f"key {key!r} already names another call; make a new key for new work")
        if key not in self._receipts:
            try:
                self._receipts[key] = self._line.ring(recipient, text)
            except BaseException:
                del self._calls[key]
                raise
        return self._receipts[key]
