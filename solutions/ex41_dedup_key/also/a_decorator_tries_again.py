"""A decorator tries again, half a digest is long enough, and the desk remembers in a closure."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
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
    name = ascii((alert.incident, alert.revision, alert.recipient))
    return f"alert-{sha256(name.encode()).hexdigest()[:32]}"


def tried(times: int) -> Callable[[Callable[[], Awaitable[str]]], Callable[[], Awaitable[str]]]:
    """Let a call be made so many times, as long as it ends in errors that a repeat may change."""

    def decorated(call: Callable[[], Awaitable[str]]) -> Callable[[], Awaitable[str]]:
        @wraps(call)
        async def calls() -> str:
            for _ in range(1, times):
                try:
                    return await call()
                except (ConnectionError, TimeoutError):
                    continue
            return await call()

        return calls

    return decorated


async def publish(alert: Alert, phone: Phone, attempts: int = 3) -> str:
    key = dedup_key(alert)

    @tried(times=attempts)
    async def ring() -> str:
        return await phone.ring(key, alert.recipient, alert.text)

    return await ring()


class Desk:
    def __init__(self, line: Line) -> None:
        rung: dict[str, tuple[tuple[str, str], str]] = {}

        def answer(key: str, *call: str) -> str:
            recipient, text = call
            first = rung.get(key) or rung.setdefault(key, ((recipient, text), line.ring(recipient, text)))
            if first[0] != call:
                raise KeyReused(f"key {key!r} already names another call; make a new key for new work")
            return first[1]

        self._answer = answer

    def ring(self, key: str, recipient: str, text: str) -> str:
        return self._answer(key, recipient, text)
