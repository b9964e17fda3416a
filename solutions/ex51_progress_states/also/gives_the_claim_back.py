"""Waits for the answer to its claim when it is cancelled, and gives back what it has not used."""

import asyncio
from contextlib import suppress
from enum import Enum
from typing import Protocol

__all__ = ["IllegalMove", "Markers", "Phone", "State", "move", "publish", "recover"]


class State(Enum):
    """What is durably known about one alert.

    PENDING: the phone has certainly not rung for it.
    IN_PROGRESS: the phone may have rung for it.
    PUBLISHED: the phone has certainly rung for it.
    """

    PENDING = "pending"
    IN_PROGRESS = "in progress"
    PUBLISHED = "published"


class Markers(Protocol):
    """A durable table, one marker for each alert. A process can be stopped before and after every call."""

    async def ids(self) -> list[str]:
        """Give the ids of all alerts, oldest first."""

    async def read(self, alert_id: str) -> State:
        """Give the marker of one alert."""

    async def swap(self, alert_id: str, old: State, new: State) -> bool:
        """Write `new` if the marker is `old` at that moment, and say whether it was.

        The table does not know which moves are legal: it writes what it is asked to write.
        """


class Phone(Protocol):
    """The on-call phone. It does not recognise a repeat, but it keeps a log."""

    async def ring(self, alert_id: str) -> None:
        """Ring once, and once more for every further call. Returns when it has rung.

        ConnectionRefusedError: it did not ring.
        TimeoutError, ConnectionResetError: it may have rung.
        When it is cancelled it may have rung; once it has ended, it does not ring later.
        """

    async def has_rung(self, alert_id: str) -> bool:
        """Ask the log whether the phone has rung for this alert.

        ConnectionError, TimeoutError: the log did not answer.
        """


class IllegalMove(Exception):
    """No marker goes this way; nothing was written."""


LEGAL = frozenset(
    {
        (State.PENDING, State.IN_PROGRESS),
        (State.IN_PROGRESS, State.PENDING),
        (State.IN_PROGRESS, State.PUBLISHED),
    }
)


async def move(alert_id: str, old: State, new: State, markers: Markers) -> bool:
    """Write `new` if the marker is `old` at that moment, and say whether it was.

    Three moves are legal. PENDING goes to IN_PROGRESS before the phone is called.
    IN_PROGRESS goes to PUBLISHED once it is known that the phone has rung,
    and back to PENDING once it is known that it has not.
    Raises IllegalMove for every other move, also from a state to itself, and then writes nothing.
    """
    if (old, new) not in LEGAL:
        raise IllegalMove(
            f"{alert_id}: a marker does not go from {old.value!r} to {new.value!r}, so nothing was written; "
            "read the marker and decide anew"
        )
    return await markers.swap(alert_id, old, new)


async def publish(alert_id: str, markers: Markers, phone: Phone) -> State:
    """Ring for one pending alert, and return the state that its marker is left in.

    Several workers may publish one alert at the same time: one of them rings.
    An alert that is not pending, or that somebody else was faster to take, is left alone:
    its state is returned, as the table gives it then.
    The phone is called once. After that the log is not asked, and nothing is tried again:
    to ask is recovery's work, to try again is for the caller to decide.
    What the phone raises is passed on. A cancelled call ends as cancelled, also when all its work is done.

    Left behind: PENDING before the claim, after a refusal, or when the claim was given back before the call;
    PUBLISHED when the phone has rung and that was written down;
    IN_PROGRESS otherwise, which tells the next process to ask (no reply, a reset, cancelled, killed).
    A call or a write that is under way at a cancellation may still end, as long as the process lives.
    """
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
    """Settle every alert that is in progress, and return the state of all alerts.

    Runs when a process starts, alone: the workers of the last process are gone, the new ones wait.
    It asks the phone's log, and it never rings.
    An alert stays in progress when the log does not answer for it; the others are settled all the same.
    A cancelled call ends as cancelled, also when all its work is done.

    Left behind: no marker less true than it was found. It can be stopped anywhere and run again.
    """
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
