"""Asks about all doubts at once in a task group, and writes what is known in one place, a `finally`."""

import asyncio
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


async def move(alert_id: str, old: State, new: State, markers: Markers) -> bool:
    match old, new:
        case (State.PENDING, State.IN_PROGRESS) | (State.IN_PROGRESS, State.PENDING | State.PUBLISHED):
            return await markers.swap(alert_id, old, new)
    raise IllegalMove(f"{alert_id}: {old.name} to {new.name} is no move of a marker; nothing was written")


async def publish(alert_id: str, markers: Markers, phone: Phone) -> State:
    claimed = await move(alert_id, State.PENDING, State.IN_PROGRESS, markers)
    return await _ring(alert_id, markers, phone) if claimed else await markers.read(alert_id)


async def recover(markers: Markers, phone: Phone) -> dict[str, State]:
    async with asyncio.TaskGroup() as group:
        tasks = {
            alert_id: group.create_task(_settled_or_why(alert_id, markers, phone))
            for alert_id in await markers.ids()
        }
    states = {}
    for alert_id, task in tasks.items():
        states[alert_id] = state = task.result()
        if isinstance(state, Exception):
            raise state
    return {alert_id: state for alert_id, state in states.items() if isinstance(state, State)}


async def _settled_or_why(alert_id: str, markers: Markers, phone: Phone) -> State | Exception:
    """Settle one alert, or give the error: a group would tell it in place of a cancel that comes with it."""
    try:
        return await _settle(alert_id, markers, phone)
    except Exception as error:
        return error


async def _ring(alert_id: str, markers: Markers, phone: Phone) -> State:
    """Call once for an alert that is ours, and write down what is known when the call has ended."""
    known = State.IN_PROGRESS
    try:
        await phone.ring(alert_id)
        known = State.PUBLISHED
    except ConnectionRefusedError:
        known = State.PENDING
        raise
    finally:
        if known is not State.IN_PROGRESS:
            await move(alert_id, State.IN_PROGRESS, known, markers)
    return known


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
