"""Looks before it claims, asks the log before every call, and always returns what the table says last."""

from enum import Enum
from typing import Protocol

__all__ = ["IllegalMove", "Markers", "Phone", "State", "move", "publish", "recover"]


class State(Enum):
    PENDING = "pending"
    IN_PROGRESS = "in progress"
    PUBLISHED = "published"


class Markers(Protocol):
    async def ids(self) -> list[str]: ...

    async def read(self, alert_id: str) -> State: ...

    async def swap(self, alert_id: str, old: State, new: State) -> bool: ...


class Phone(Protocol):
    async def ring(self, alert_id: str) -> None: ...

    async def has_rung(self, alert_id: str) -> bool: ...


class IllegalMove(Exception): ...


LEGAL = frozenset(
    {
        (State.PENDING, State.IN_PROGRESS),
        (State.IN_PROGRESS, State.PENDING),
        (State.IN_PROGRESS, State.PUBLISHED),
    }
)


async def move(alert_id: str, old: State, new: State, markers: Markers) -> bool:
    if (old, new) not in LEGAL:
        raise IllegalMove(
            f"{alert_id}: a marker does not go from {old.value!r} to {new.value!r}, so nothing was written; "
            "read the marker and decide anew"
        )
    return await markers.swap(alert_id, old, new)


async def publish(alert_id: str, markers: Markers, phone: Phone) -> State:
    state = await markers.read(alert_id)
    if state is not State.PENDING:
        return state
    if not await move(alert_id, State.PENDING, State.IN_PROGRESS, markers):
        return await markers.read(alert_id)
    try:
        if not await _answer(alert_id, phone):
            await phone.ring(alert_id)
    except ConnectionRefusedError:
        await move(alert_id, State.IN_PROGRESS, State.PENDING, markers)
        raise
    await move(alert_id, State.IN_PROGRESS, State.PUBLISHED, markers)
    return await markers.read(alert_id)


async def recover(markers: Markers, phone: Phone) -> dict[str, State]:
    states: dict[str, State] = {}
    for alert_id in await markers.ids():
        if await markers.read(alert_id) is State.IN_PROGRESS:
            rang = await _answer(alert_id, phone)
            if rang is not None:
                known = State.PUBLISHED if rang else State.PENDING
                await move(alert_id, State.IN_PROGRESS, known, markers)
        states[alert_id] = await markers.read(alert_id)
    return states


async def _answer(alert_id: str, phone: Phone) -> bool | None:
    """Say what the log knows, or None when it does not answer."""
    try:
        return await phone.has_rung(alert_id)
    except (ConnectionError, TimeoutError):
        return None
