"""A key that is short enough can be read back; the last error waits in a variable; the desk matches cases."""

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
    # Hexadecimal has no dot, so the dots stand between the names and nowhere else.
    key = f"{alert.incident.encode().hex()}.{alert.revision}.{alert.recipient.encode().hex()}"
    return key if len(key) < 128 else sha512(key.encode()).hexdigest()


async def publish(alert: Alert, phone: Phone, attempts: int = 3) -> str:
    key, failure = dedup_key(alert), None
    while attempts > 0:
        attempts -= 1
        try:
            return await phone.ring(key, alert.recipient, alert.text)
        except (ConnectionError, TimeoutError) as error:
            failure = error
    if failure is not None:
        raise failure
    raise ValueError("publish makes at least one call; give attempts of 1 or more")


class Desk:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._rung: dict[str, list[str]] = {}

    def ring(self, key: str, recipient: str, text: str) -> str:
        match self._rung.get(key):
            case None:
                receipt = self._line.ring(recipient, text)
                self._rung[key] = [recipient, text, receipt]
                return receipt
            case [first_recipient, first_text, receipt] if (first_recipient, first_text) == (recipient, text):
                return receipt
            case _:
                raise KeyReused(f"key {key!r} already names another call; make a new key for new work")
