"""Threads of a process: lanes of calls, each of which may be held up at every step for another one."""

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from halfway.kit.outcome import Outcome, tried
from halfway.kit.values import Call
from halfway.sim import CheckerFaultError, Threads
from halfway.sim.portcalls import call_told
from halfway.wire import Wire

if TYPE_CHECKING:
    from halfway.kit.process import Process


class Lane:
    """One thread: its name in a timeline, and its calls, one after the other.

    Each is given as `pool.submit.later(...)`; the first begins `after_s` seconds from now, or once the other
    threads have looked at the clock sixty times and nothing has happened: then all that is to begin comes as
    much earlier. At every moment `has_begun` says whether it has, `begun_s` at which second of the story, and
    `ended` has the outcomes of its calls so far.
    """

    def __init__(self, name: str, *calls: Call, after_s: float = 0) -> None:
        self.name, self.calls, self.after_s = name, calls, after_s
        self.ended: list[Outcome] = []
        self.has_begun = not after_s
        self.begun_s: float | None = None

    def __repr__(self) -> str:
        return self.name


def run_in_lanes(
    process: "Process", lanes: tuple[Lane, ...], on_end: Callable[[Lane, Outcome], Any] | None, by_turns: bool
) -> None:
    """Make the calls of these lanes at once, and put into each how its calls ended."""
    life, unit = process.life, process._unit
    calls = [(lane, call) for lane in lanes for call in lane.calls]

    def ends(place: int, how: str, value: Wire) -> None:
        lane, call = calls[place]
        raised = unit._raised
        end = tried(lambda: unit._answer(life, call, how, value))
        if end.error is not None and not hasattr(builtins, end.error.mro[0]):
            unit._raised = raised  # A class of theirs is raised on purpose: its line explains nothing.
        lane.ended.append(end)
        if life.world.telling:
            life.world.tell(lane.name, f"{_written(call)} {end}")
        if on_end is not None:
            on_end(lane, end)

    def begins(place: int) -> None:
        lane, _ = calls[place]
        if not lane.has_begun:
            lane.has_begun, lane.begun_s = True, life.world.seconds

    _begin(lanes, life.world.seconds)
    told = [(lane.name, float(lane.after_s), _written(call)) for lane, call in calls]
    life.threads = Threads(told, begins, ends, by_turns=by_turns)
    life.threads.begin(life.now_ns)
    try:
        results = life.call([call for _, call in calls])
    finally:
        life.threads = None
    for (lane, _), (how, value) in zip(calls, results, strict=True):
        if how == "hung":
            lane.ended.append(Outcome("hung", str(value)))


def _begin(lanes: tuple[Lane, ...], now_s: float) -> None:
    """All begin now but those that begin later. Raises CheckerFaultError if two have one name."""
    if len({lane.name for lane in lanes}) < len(lanes):
        raise CheckerFaultError("two threads of a story have the same name")
    for lane in lanes:
        lane.begun_s = now_s if lane.has_begun else None


def _written(call: Call) -> str:
    target, args, kwargs = call
    return call_told(target if isinstance(target, str) else target[1], list(args), kwargs)
