"""Gathers the end of the call, sorts the ends with except*, and gathers answers and errors of the log."""

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
    if not await move(alert_id, State.PENDING, State.IN_PROGRESS, markers):
        return await markers.read(alert_id)
    known = State.PUBLISHED
    end = failure = None
    try:
        # Waited for as a value, an error does not hide a cancel that comes together with it.
        (end,) = await asyncio.gather(phone.ring(alert_id), return_exceptions=True)
        if isinstance(end, Exception):
            raise ExceptionGroup("the call failed", [end])
        if end is not None:
            raise end
    except* ConnectionRefusedError as refusal:
        # A refusal inside of what the phone raised says nothing about the other things in there.
        known = State.PENDING if refusal.exceptions[0] is end else State.IN_PROGRESS
        failure = end
    except* Exception:
        known, failure = State.IN_PROGRESS, end
    if known is not State.IN_PROGRESS:
        await move(alert_id, State.IN_PROGRESS, known, markers)
    if failure is not None:
        raise failure
    return known


async def recover(markers: Markers, phone: Phone) -> dict[str, State]:
    ids = await markers.ids()
    states = {alert_id: await markers.read(alert_id) for alert_id in ids}
    doubts = [alert_id for alert_id in ids if states[alert_id] is State.IN_PROGRESS]
    answers = await asyncio.gather(*map(phone.has_rung, doubts), return_exceptions=True)
    for alert_id, answer in zip(doubts, answers, strict=True):
        match answer:
            case bool():
                states[alert_id] = State.PUBLISHED if answer else State.PENDING
                await move(alert_id, State.IN_PROGRESS, states[alert_id], markers)
            case ConnectionError() | TimeoutError():
                continue
            case BaseException():
                raise answer
    return states
