"""The key is a name-based UUID, a try gives a receipt or its error, and the desk keeps two dicts."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID, uuid5

__all__ = ("Alert", "Desk", "KeyReused", "Line", "Phone", "dedup_key", "publish")

# Chosen once. Another namespace would give every alert another key.
ALERTS = "6e2c1b7e-41d0-4a6f-9a53-0d6a5c8f4b11"


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
    # The lengths say where each name ends.
    lengths = f"{len(alert.incident)},{len(alert.recipient)}"
    return str(uuid5(UUID(ALERTS), f"{lengths},{alert.revision}:{alert.incident}{alert.recipient}"))


async def publish(alert: Alert, phone: Phone, attempts: int = 3) -> str:
    key = dedup_key(alert)
    answer = await _ring(key, alert, phone)
    while not isinstance(answer, str):
        attempts -= 1
        if attempts < 1:
            raise answer
        answer = await _ring(key, alert, phone)
    return answer


async def _ring(key: str, alert: Alert, phone: Phone) -> str | ConnectionError | TimeoutError:
    try:
        return await phone.ring(key, alert.recipient, alert.text)
    except (ConnectionError, TimeoutError) as error:
        return error


class Desk:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._receipts: dict[str, str] = {}
        self._calls: dict[str, tuple[str, str]] = {}

    def ring(self, key: str, recipient: str, text: str) -> str:
        if key in self._receipts:
            if self._calls[key] != (recipient, text):
                raise KeyReused(f"key {key!r} already names another call; make a new key for new work")
            return self._receipts[key]
        self._receipts[key] = self._line.ring(recipient, text)
        self._calls[key] = (recipient, text)
        return self._receipts[key]
