"""Asks about all doubts at once in a task group, and writes what is known in one place, a `finally`."""

import asyncio
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


async def move(alert_id: str, old: State, new: State, markers: Markers) -> bool:
    """Write `new` if the marker is `old` at that moment, and say whether it was.

    Three moves are legal. PENDING goes to IN_PROGRESS before the phone is called.
    IN_PROGRESS goes to PUBLISHED once it is known that the phone has rung,
    and back to PENDING once it is known that it has not.
    Raises IllegalMove for every other move, also from a state to itself, and then writes nothing.
    """
    match old, new:
        case (State.PENDING, State.IN_PROGRESS) | (State.IN_PROGRESS, State.PENDING | State.PUBLISHED):
            return await markers.swap(alert_id, old, new)
    raise IllegalMove(f"{alert_id}: {old.name} to {new.name} is no move of a marker; nothing was written")


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
    claimed = await move(alert_id, State.PENDING, State.IN_PROGRESS, markers)
    return await _ring(alert_id, markers, phone) if claimed else await markers.read(alert_id)


async def recover(markers: Markers, phone: Phone) -> dict[str, State]:
    """Settle every alert that is in progress, and return the state of all alerts.

    Runs when a process starts, alone: the workers of the last process are gone, the new ones wait.
    It asks the phone's log, and it never rings.
    An alert stays in progress when the log does not answer for it; the others are settled all the same.
    A cancelled call ends as cancelled, also when all its work is done.

    Left behind: no marker less true than it was found. It can be stopped anywhere and run again.
    """
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
