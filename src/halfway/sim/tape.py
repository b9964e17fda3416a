"""One stream of choices drives everything unusual that happens in a story."""

import re
from functools import cache
from typing import NamedTuple

from halfway.sim.errors import NotRepeatableError
from halfway.sim.timeline import Timeline

WHICH_NEXT, CANCEL_HERE = "which-next", "cancel-here"
"""The subject's own choices: it makes them, the judge tells it in advance which of them are unusual."""

STEP_OPTIONS = ("", "cancelled")

_NO_WORD = re.compile(r"[^\w.:]+")


class Fault(NamedTuple):
    """Something unusual: at the `time`-th choice with this label (counted from 1), this option is taken."""

    label: str
    time: int
    option: str

    def __str__(self) -> str:
        return _spelled(self)


@cache
def _spelled(fault: Fault) -> str:
    return f"{_word(fault.label)}~{fault.time}~{_word(fault.option)}"


@cache
def _word(text: str) -> str:
    """The text as one word that a shell leaves alone: "cancelled (call 2)" is written cancelled-call-2."""
    return _NO_WORD.sub("-", text).strip("-")


Choice = tuple[str, int, tuple[str, ...]]
"""A choice that came up, as a story's log holds it: label, time, options. Option 0 is always "", nothing
unusual."""

_NO_CHOICES: list[Choice] = []
_NO_WORDS: dict[tuple[str, int], str] = {}


class Tape:
    """The faults of one story, and the log of every choice that came up in it.

    Choices are found by label and occurrence, not by their place in the log: Python versions differ in how
    often a task is suspended. Where a `parent` log is given, the story repeats its first `known` choices, the
    last of which is its own last fault, or NotRepeatableError. Without a parent the faults were typed by
    somebody, and are matched as they are written; `missed` are those that never came up.
    """

    __slots__ = (
        "_counts", "_known", "_parent", "_typed", "_wanted", "faults", "has_own_choices", "is_untold", "log",
    )  # fmt: skip

    def __init__(
        self, faults: tuple[Fault, ...] = (), parent: list[Choice] | None = None, known: int = 0
    ) -> None:
        self.faults, self.log = faults, _NO_CHOICES.copy()
        self._counts: dict[str, int] = {}
        self._parent, self._known = parent or _NO_CHOICES, known
        self._wanted = self._typed = _NO_WORDS
        self.has_own_choices = False
        self.is_untold = False
        """Did the subject keep quiet about a choice that there must have been?"""
        if faults:
            self.has_own_choices = any(label in (WHICH_NEXT, CANCEL_HERE) for label, _, _ in faults)
            if parent is None:
                self._typed = {(_word(label), time): _word(option) for label, time, option in faults}
            else:
                self._wanted = {(label, time): option for label, time, option in faults}

    def choose(self, label: str, options: tuple[str, ...]) -> str:
        """Give the option that this story takes here: "" unless this is one of its faults."""
        counts, log = self._counts, self.log
        time = counts[label] = counts.get(label, 0) + 1
        place = len(log)
        choice = (label, time, options)
        if place < self._known:
            before = self._parent[place]
            if before != choice:
                raise NotRepeatableError(
                    f"{before[0]} came up {before[1]} times before, now {label} comes first"
                )
            log.append(before)
            return self._wanted.get((label, time), "")
        log.append(choice)
        if self._typed:
            wanted = self._typed.get((_word(label), time))
            return next((option for option in options[1:] if _word(option) == wanted), "")
        return ""

    def told_in(self, timeline: Timeline) -> None:
        """This story will be told in that timeline."""

    def coming(self) -> list[list[int]] | None:
        """Give the plan that a subject works under until its next message.

        [kind, place, option] of its own choices.
        """
        plan = []
        for label, time, option in self.faults:
            kind = 0 if label == WHICH_NEXT else 1 if label == CANCEL_HERE else None
            place = time - 1 - self._counts.get(label, 0)
            if kind is not None and place >= 0:
                plan.append([kind, place, int(option) if kind == 0 and option.isdecimal() else 1])
        return plan or None

    def was_repeated(self) -> bool:
        """Did the story get as far as its parent had come?"""
        return len(self.log) >= self._known

    @property
    def missed(self) -> tuple[Fault, ...]:
        """The faults for which there was no place in this story, or no such option there."""
        came = {
            (_word(label), time, _word(option)) for label, time, options in self.log for option in options[1:]
        }
        return tuple(
            fault
            for fault in self.faults
            if (_word(fault.label), fault.time, _word(fault.option)) not in came
        )

    @property
    def replay(self) -> str:
        """The faults as one word to type: "ring~1~the-reply-is-lost+append~2~cancelled"."""
        return "+".join([_spelled(fault) for fault in self.faults])


class ToldTape(Tape):
    """The tape of a story that is told: it knows after how many events each of its choices came up."""

    __slots__ = ("_timeline",)

    def __init__(
        self, faults: tuple[Fault, ...] = (), parent: list[Choice] | None = None, known: int = 0
    ) -> None:
        super().__init__(faults, parent, known)
        self._timeline = Timeline()

    def told_in(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def choose(self, label: str, options: tuple[str, ...]) -> str:
        self._timeline.mark()
        return super().choose(label, options)

    @property
    def places(self) -> list[int]:
        """Of each choice of the log: how many events of the story come before it."""
        return self._timeline.marks


def parse_replay(text: str) -> tuple[Fault, ...]:
    """Read a replay string. Raises ValueError, saying which part cannot be read."""
    faults = []
    for part in filter(None, text.strip().split("+")):
        label, _, rest = part.partition("~")
        time, _, option = rest.partition("~")
        if not (label and option and time.isdecimal() and len(time) < 8 and int(time) > 0):
            raise ValueError(
                f"{part!r} is no fault; a fault is written label~time~option, as in ring~1~the-reply-is-lost"
            )
        faults.append(Fault(label, int(time), option))
    return tuple(faults)
