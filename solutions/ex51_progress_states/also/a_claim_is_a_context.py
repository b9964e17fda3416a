"""A claim is a context that ends with what the call made known: a match on how the block was left."""

from enum import Enum
from types import TracebackType
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
        case (State.PENDING, State.IN_PROGRESS) | (State.IN_PROGRESS, State.PUBLISHED | State.PENDING):
            return await markers.swap(alert_id, old, new)
    raise IllegalMove(f"{alert_id}: no marker goes from {old.value!r} to {new.value!r}; nothing was written")


async def publish(alert_id: str, markers: Markers, phone: Phone) -> State:
    async with _Claim(alert_id, markers) as ours:
        if ours:
            await phone.ring(alert_id)
    return await markers.read(alert_id)


class _Claim:
    """One alert, taken on the way in when it is free, and settled on the way out as far as it is known."""

    def __init__(self, alert_id: str, markers: Markers) -> None:
        self._alert_id, self._markers, self._ours = alert_id, markers, False

    async def __aenter__(self) -> bool:
        self._ours = await move(self._alert_id, State.PENDING, State.IN_PROGRESS, self._markers)
        return self._ours

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        match self._ours, error:
            case True, None:
                known = State.PUBLISHED
            case True, ConnectionRefusedError():
                known = State.PENDING
            case _:  # It is not ours, or nobody knows: a timeout, a reset, a cancel.
                return
        await move(self._alert_id, State.IN_PROGRESS, known, self._markers)


async def recover(markers: Markers, phone: Phone) -> dict[str, State]:
    return {alert_id: await _settle(alert_id, markers, phone) for alert_id in await markers.ids()}


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
