"""Waits for the answer to its claim when it is cancelled, and gives back what it has not used."""

import asyncio
from contextlib import suppress
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
    claim = asyncio.ensure_future(move(alert_id, State.PENDING, State.IN_PROGRESS, markers))
    try:
        ours = await asyncio.shield(claim)
    except asyncio.CancelledError:
        with suppress(Exception):  # whatever the table says now, the caller waits for its cancel
            if await claim:
                await move(alert_id, State.IN_PROGRESS, State.PENDING, markers)
        raise
    if not ours:
        return await markers.read(alert_id)
    try:
        await phone.ring(alert_id)
    except ConnectionRefusedError:
        await move(alert_id, State.IN_PROGRESS, State.PENDING, markers)
        raise
    await move(alert_id, State.IN_PROGRESS, State.PUBLISHED, markers)
    return State.PUBLISHED


async def recover(markers: Markers, phone: Phone) -> dict[str, State]:
    states: dict[str, State] = {}
    waiting = iter(await markers.ids())
    errors: list[Exception] = []

    async def settle_what_waits() -> None:
        # An error that leaves a task of the group would be told in place of a cancel that comes with it.
        try:
            for alert_id in waiting:
                states[alert_id] = await _settle(alert_id, markers, phone)
        except Exception as error:
            errors.append(error)

    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(settle_what_waits())
    if errors:
        raise ExceptionGroup("recovery could not ask about everything", errors)
    return states


async def _settle(alert_id: str, markers: Markers, phone: Phone) -> State:
    """Turn a doubt into what the phone's log knows; without an answer it stays a doubt."""
    state = await markers.read(alert_id)
    if state is not State.IN_PROGRESS:
        return state
    try:
        rang = await phone.has_rung(alert_id)
    except (ConnectionError, TimeoutError):
        return state
    state = State.PUBLISHED if rang else State.PENDING
    await move(alert_id, State.IN_PROGRESS, state, markers)
    return state
