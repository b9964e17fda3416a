"""A claim is an object that is taken and ended; recovery reads everything first and ends dead claims."""

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
    claim = _Claim(alert_id, markers)
    if not await claim.take():
        return await markers.read(alert_id)
    try:
        await phone.ring(alert_id)
    except ConnectionRefusedError:
        await claim.end(State.PENDING)
        raise
    return await claim.end(State.PUBLISHED)


async def recover(markers: Markers, phone: Phone) -> dict[str, State]:
    found = {alert_id: await markers.read(alert_id) for alert_id in await markers.ids()}
    for alert_id in [name for name, state in found.items() if state is State.IN_PROGRESS]:
        with suppress(ConnectionError, TimeoutError):
            rang = await phone.has_rung(alert_id)
            claim = _Claim(alert_id, markers)
            found[alert_id] = await claim.end(State.PUBLISHED if rang else State.PENDING)
    return found


class _Claim:
    """One alert in the hands of one owner: taken once, ended once."""

    def __init__(self, alert_id: str, markers: Markers) -> None:
        self._alert_id = alert_id
        self._markers = markers

    async def take(self) -> bool:
        """Say whether the alert is ours now."""
        return await move(self._alert_id, State.PENDING, State.IN_PROGRESS, self._markers)

    async def end(self, state: State) -> State:
        """Give the alert back as what is now known about it."""
        await move(self._alert_id, State.IN_PROGRESS, state, self._markers)
        return state
