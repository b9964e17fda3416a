"""A table says which endings of a call give knowledge; recovery works through a list of doubts."""

from collections import deque
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


NEXT = {State.PENDING: {State.IN_PROGRESS}, State.IN_PROGRESS: {State.PENDING, State.PUBLISHED}}
KNOWN: dict[type, State] = {ConnectionRefusedError: State.PENDING, type(None): State.PUBLISHED}


async def move(alert_id: str, old: State, new: State, markers: Markers) -> bool:
    if new not in NEXT.get(old, ()):
        raise IllegalMove(f"{alert_id}: {old.value!r} never becomes {new.value!r}, so nothing was written")
    return await markers.swap(alert_id, old, new)


async def publish(alert_id: str, markers: Markers, phone: Phone) -> State:
    if not await move(alert_id, State.PENDING, State.IN_PROGRESS, markers):
        return await markers.read(alert_id)
    failure = None
    try:
        await phone.ring(alert_id)
    except Exception as error:  # whatever it is goes on below, when the marker says what is known
        failure = error
    state = next((KNOWN[kind] for kind in KNOWN if isinstance(failure, kind)), State.IN_PROGRESS)
    if state is not State.IN_PROGRESS:
        await move(alert_id, State.IN_PROGRESS, state, markers)
    if failure is not None:
        raise failure
    return state


async def recover(markers: Markers, phone: Phone) -> dict[str, State]:
    states = {alert_id: await markers.read(alert_id) for alert_id in await markers.ids()}
    doubts = deque(alert_id for alert_id, state in states.items() if state is State.IN_PROGRESS)
    while doubts:
        alert_id = doubts.popleft()
        try:
            known = State.PUBLISHED if await phone.has_rung(alert_id) else State.PENDING
        except (ConnectionError, TimeoutError):
            continue
        if await move(alert_id, State.IN_PROGRESS, known, markers):
            states[alert_id] = known
    return states
