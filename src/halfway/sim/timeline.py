"""What happened in a story, as data."""

from bisect import bisect_right
from typing import NamedTuple

NS = 1_000_000_000
ENDS = "and here it ends"


REQUEST, REPLY, CALL = "request", "reply", "call"
"""What goes from lane to lane: a call that takes time, what comes back, and a call that takes none."""
KILL, STOP, LOSS, BLOCK = "kill", "cancel", "loss", "block"
"""What hits a lane: the process is killed, or cancelled; a message goes wrong; the process stands still."""


class Event(NamedTuple):
    """One thing that happened: when (virtual seconds), in whose lane, what, and whether it is a fault.

    `kind` is one of the words above, and `to` the lane that it goes to, comes from, or goes wrong at.
    """

    at_s: float
    who: str
    what: str
    fault: bool
    kind: str = ""
    to: str = ""


class Timeline:
    """The events of a story in the order in which they happened, and where something was chosen."""

    __slots__ = ("events", "marks")

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.marks: list[int] = []
        """Of each choice: how many events stand before it."""

    def tell(
        self, at_ns: int, who: str, what: str, *, fault: bool = False, kind: str = "", to: str = ""
    ) -> None:
        """Add an event at `at_ns` nanoseconds of virtual time."""
        self.events.append(Event(at_ns / NS, who, what, fault, kind, to))

    def mark(self) -> None:
        """Note that something is chosen here."""
        self.marks.append(len(self.events))

    def here(self) -> tuple[int, int]:
        """Give a place that an event can be told at later: the number of events, and of choices, so far."""
        return len(self.events), len(self.marks)

    def tell_at(self, here: tuple[int, int], event: Event) -> None:
        """Add an event at a place of before: what was told and chosen since then comes after it."""
        place, chosen = here
        self.events.insert(place, event)
        self.marks[chosen:] = [mark + 1 for mark in self.marks[chosen:]]

    def tell_then(self, event: Event, since: int) -> None:
        """Add an event at its own time: after all that was told up to then, `since` so many events."""
        place = len(self.events)
        while place > since and self.events[place - 1].at_s > event.at_s:
            place -= 1
        self.tell_at((place, bisect_right(self.marks, place)), event)

    def to_json(self) -> list[list[object]]:
        """Give the one JSON form: [[seconds, who, what, fault, kind, to], ...]."""
        return [list(event) for event in self.events]


def until_they_differ(calm: list[Event], story: list[Event]) -> list[Event]:
    """Give the calm story up to, and with, the first event that is not the same in the other, faults apart.

    Where the calm story ends before the other one differs, it says that it ends there.
    """
    others = [event for event in story if not event.fault]
    for place, event in enumerate(calm):
        if place == len(others) or event != others[place]:
            return calm[: place + 1]
    if len(others) == len(calm):
        return calm
    return [*calm, Event(calm[-1].at_s if calm else 0.0, calm[-1].who if calm else "", ENDS, False)]
