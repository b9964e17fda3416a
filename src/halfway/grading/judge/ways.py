"""What else could have happened in a story: at each of its steps, every choice that its tape came to.

A story that was told once is the way to its neighbours. Each of them has a replay string, so whoever is shown
this one can go on to the next with the same words, in a page and in a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from halfway.grading.verdict import Replay, Way
from halfway.sim import Fault, Tape
from halfway.sim.tape import CANCEL_HERE, WHICH_NEXT, ToldTape

FAULTS_MAX = 2
"""As many things go wrong in one story as a suite itself looks at by default."""
WAYS_MAX = 400
ANSWERS, SLEEP, WHICH_REPLY, SLOWLY = "-answers", "sleep", "which-reply", "cancelled, slowly"
Spelled = Callable[[tuple[Fault, ...]], str]


def ways_of(tape: Tape, promise: int, events: int) -> tuple[Way, ...]:
    """Gives the ways out of so many events of a story that was told with this tape, if it was told aloud."""
    if not isinstance(tape, ToldTape):
        return ()
    found: list[Way] = []
    for way in _ways(tape, lambda faults: str(Replay(promise, faults))):
        if len(found) == WAYS_MAX:
            break
        if way.at <= events:
            found.append(way)
    return tuple(found)


def within(ways: tuple[Way, ...], events: int, most: int) -> tuple[Way, ...]:
    """Gives the ways out of what is shown of a story: of a long one its beginning, a line, and its end."""
    left_out = events - most
    if left_out <= 0:
        return ways
    begins = most - most // 4
    shown = [way for way in ways if way.at <= begins]
    return (*shown, *(replace(way, at=way.at - left_out + 1) for way in ways if way.at > begins + left_out))


def _ways(tape: ToldTape, spelled: Spelled) -> Iterator[Way]:
    taken = {(fault.label, fault.time): fault for fault in _as_told(tape)}
    for place, (label, time, options) in zip(tape.places, tape.log, strict=True):
        here = taken.get((label, time))
        others = [fault for fault in taken.values() if fault is not here]
        if here is None and len(others) >= FAULTS_MAX:
            continue
        for option in options[1:]:
            chosen = here is not None and here.option == option
            faults = others if chosen else _in_order([*others, Fault(label, time, option)], tape)
            yield Way(place, words(label, option), spelled(tuple(faults)), chosen)


def _as_told(tape: ToldTape) -> Iterator[Fault]:
    """Gives the faults as the story's own log spells them; one that never came up has no place in it."""
    for label, time, options in tape.log:
        for option in options[1:]:
            spelled = str(Fault(label, time, option))
            if any(str(fault) == spelled for fault in tape.faults):
                yield Fault(label, time, option)


def _in_order(faults: list[Fault], tape: Tape) -> list[Fault]:
    place = {(label, time): number for number, (label, time, _) in enumerate(tape.log)}
    return sorted(faults, key=lambda fault: place.get((fault.label, fault.time), len(place)))


def words(label: str, option: str) -> str:
    """Says what would happen, to somebody who decides whether it does."""
    if label == WHICH_NEXT:
        return "another task goes first" + _which(option)
    if label == WHICH_REPLY:
        return "another reply comes first" + _which(option)
    if label == CANCEL_HERE:
        return "cancelled between two steps"
    if label.endswith(ANSWERS):
        name = label.removesuffix(ANSWERS)
        return f"{option} as " + ("it wakes" if name == SLEEP else f"{name} answers")
    if option == SLOWLY:
        return f"cancelled while {label} is under way, which goes on to its end"
    if option.startswith("cancelled") or option == "killed":
        return f"{option} " + ("while it waits" if label == SLEEP else f"while {label} is under way")
    if option.startswith("killed"):
        return f"{option.removesuffix(' it')} {label}"
    return option


def _which(option: str) -> str:
    return "" if option == "1" else f" (number {int(option) + 1} of those that could)"
