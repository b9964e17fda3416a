"""Publish alerts so that every marker tells the truth about the phone, and recover from each state."""

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
    """A durable table, one marker for each alert. A process can be stopped before and after every call.

    alert_id: a str, one of the ids in the table.
    old: a State.
    new: a State.

    Every call may take any time. Cancelled, it may take a while to end: then it raises CancelledError and
    nothing else, and writes no more.
    No error of the table is a ConnectionError or a TimeoutError, or a group that holds one. A swap that ends
    in an error was written, or was not.
    """

    async def ids(self) -> list[str]:
        """Give the ids of all alerts, oldest first. The list is the table's own: nobody changes it."""

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

        It may take any time. Cancelled, it may have rung, and may take a while to end: then it raises
        CancelledError and nothing else, and rings no more.
        ConnectionRefusedError, or a class built on it, whatever its other bases, text or number: it did not
        ring.
        Any other error, such as TimeoutError, ConnectionResetError, a group of errors or one that is no
        Exception, whatever its text, number or cause: it may have rung.
        """

    async def has_rung(self, alert_id: str) -> bool:
        """Ask the log whether the phone has rung for this alert. The log has every call that has ended.

        It may take any time. Cancelled, it may take a while to end: then it raises CancelledError and
        nothing else.
        ConnectionError, TimeoutError: the log did not answer. A group of these is another error.
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

    alert_id: a str, one of the ids in the table.
    old: a State.
    new: a State.
    markers: a Markers.

    Three moves are legal, and each asks the table once. It is for the caller to know when one is true:
    PENDING to IN_PROGRESS before the phone is called;
    IN_PROGRESS to PUBLISHED once it is known that the phone has rung;
    IN_PROGRESS to PENDING once it is known that it has not.
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

    alert_id: a str, one of the ids in the table.
    markers: a Markers.
    phone: a Phone.

    Several workers may publish one alert at the same time, here or elsewhere: whoever claims it rings, and
    nobody else writes its marker until that worker is gone. Another table may have an alert of the same id.
    An alert that is not pending, or that another worker was faster to claim, is left alone, and not waited
    for. Its state is returned, as the table gives it then: after a claim that failed it is read anew, and can
    be PENDING (the other gave it back).
    A claim that ended in an error may be another worker's: nothing is written after it.
    The phone is called once. After that the log is not asked, and nothing is tried again:
    to ask is recovery's work, to try again is for the caller to decide.
    What the phone or the table raises is passed on as it is, with nothing added, read-only or not; where both
    raise, one of them.
    There is no time limit but the caller's.
    Cancelled at an await, whether the task counts it or not, it begins no claim, no call and no question any
    more. A call or a write under way, the one whose ring(), swap() or move() was called before, awaited or
    not, may be finished or given up, and what is known then may be written down; before the call, a claim
    that is known to be its own may be given back. Then, however often it is cancelled meanwhile, it ends with
    CancelledError (that class, and no subclass), also when its work is done or an error comes as well. It
    does not change the task's count of cancels.
    It may be called again, for any alert, in any event loop, and in a task that was cancelled before.
    No alert waits for another, or for what goes on at another table.

    Left behind: nothing under way;
    PENDING when it was stopped before the claim was written, after a refusal that was written down, or when
    the claim was given back;
    PUBLISHED when the phone has rung and that was written down;
    IN_PROGRESS otherwise, which tells the next process to ask: after any other error of the phone, when the
    table failed after the claim, or when it was cancelled or killed on the way.
    """
    if not await move(alert_id, State.PENDING, State.IN_PROGRESS, markers):
        return await markers.read(alert_id)
    try:
        await phone.ring(alert_id)
    except ConnectionRefusedError:
        await move(alert_id, State.IN_PROGRESS, State.PENDING, markers)
        raise
    await move(alert_id, State.IN_PROGRESS, State.PUBLISHED, markers)
    return State.PUBLISHED


async def recover(markers: Markers, phone: Phone) -> dict[str, State]:
    """Settle every alert that is in progress, and return the state of all alerts, in any order.

    markers: a Markers.
    phone: a Phone.

    Runs when a process starts, alone at its table: the workers of the last process are gone, and every call
    of theirs has ended; the caller starts new ones after it. It waits for nothing at another table.
    It asks the phone's log once for each, one alert after the other or all at the same time, and it never
    rings. What is pending or published is left alone.
    An alert stays in progress when the log does not answer for it; the others are settled all the same.
    Any other error, an Exception or not, is passed on, at once or when the others are settled, as it is or in
    an exception group; of several, one is enough.
    There is no time limit but the caller's.
    Cancelled at an await, whether the task counts it or not, it begins no further question, from the event
    loop's next turn on. A question or a write under way may be finished or given up, and what is known then
    may be written down. Then, however often it is cancelled meanwhile, it ends with CancelledError (that
    class, and no subclass), also when its work is done or an error comes as well. It does not change the
    task's count of cancels.

    Left behind: nothing under way, and no marker that is untrue.
    It can be stopped anywhere and run again, for any table, in any process, event loop and task.
    """
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
