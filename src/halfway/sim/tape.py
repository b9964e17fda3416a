"""One stream of choices drives everything unusual that happens in a story."""

from collections.abc import Iterable
from typing import NamedTuple

from halfway.sim.errors import NotRepeatableError

WHICH_NEXT, CANCEL_HERE = "which-next", "cancel-here"
"""The subject's own choices: it makes them, the judge tells it in advance which of them are unusual."""

STEP_OPTIONS = ("", "cancelled")


class Fault(NamedTuple):
    """Something unusual: at the `time`-th choice with this label (counted from 1), this option is taken."""

    label: str
    time: int
    option: str

    def __str__(self) -> str:
        return f"{self.label}~{self.time}~{self.option.replace(' ', '-')}"


Choice = tuple[str, int, tuple[str, ...]]
"""A choice that came up, as a story's log holds it: label, time, options. Option 0 is always "", nothing unusual."""


class Tape:
    """The faults of one story, and the log of every choice that came up in it.

    Choices are found by label and occurrence, not by their place in the log: Python versions differ in how often a task
    is suspended. Where a `parent` log is given, the story repeats it up to its own last fault, or NotRepeatableError.
    """

    __slots__ = ("_counts", "_faults", "_has_own_choices", "_known", "_parent", "faults", "log")

    def __init__(self, faults: Iterable[Fault] = (), parent: list[Choice] | None = None, known: int = 0) -> None:
        self.faults = tuple(faults)
        self.log: list[Choice] = []
        self._faults = {(label, time): option for label, time, option in self.faults}
        self._counts: dict[str, int] = {}
        self._parent, self._known = parent, known
        self._has_own_choices = any(label in (WHICH_NEXT, CANCEL_HERE) for label, _, _ in self.faults)

    def choose(self, label: str, options: tuple[str, ...]) -> str:
        """Give the option that this story takes here: "" unless this is one of its faults."""
        counts, log = self._counts, self.log
        time = counts[label] = counts.get(label, 0) + 1
        choice = (label, time, options)
        if len(log) < self._known and self._parent is not None:
            before = self._parent[len(log)]
            if before != choice:
                raise NotRepeatableError(f"{before[0]} came up {before[1]} times before, now {label} comes first")
        log.append(choice)
        if self._faults:
            wanted = self._faults.get((label, time))
            if wanted is not None:
                return next((option for option in options if wanted in (option, option.replace(" ", "-"))), "")
        return ""

    def coming(self) -> list[list[int]] | None:
        """Give the plan that a subject works under until its next message: [kind, place, option] of its own choices."""
        if not self._has_own_choices:
            return None
        plan = []
        for label, time, option in self.faults:
            kind = 0 if label == WHICH_NEXT else 1 if label == CANCEL_HERE else None
            place = time - 1 - self._counts.get(label, 0)
            if kind is not None and place >= 0:
                plan.append([kind, place, int(option) if kind == 0 else 1])
        return plan or None

    def was_repeated(self) -> bool:
        """Did the story get as far as its parent had come?"""
        return len(self.log) >= self._known

    @property
    def replay(self) -> str:
        """The faults as one word to type: "ring~1~the-reply-is-lost+append~2~cancelled"."""
        return "+".join(map(str, self.faults))


def parse_replay(text: str) -> tuple[Fault, ...]:
    """Read a replay string. Raises ValueError, saying which part cannot be read."""
    faults = []
    for part in filter(None, text.split("+")):
        label, _, rest = part.partition("~")
        time, _, option = rest.partition("~")
        if not (label and option and time.isdigit() and int(time) > 0):
            raise ValueError(f"{part!r} is no fault; a fault is written label~time~option, as in ring~1~the-reply-is-lost")
        faults.append(Fault(label, int(time), option))
    return tuple(faults)
