"""One simulated run: process lifetimes, one after the other, in one world."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from halfway.kit.elsewhere import on_another_machine
from halfway.kit.findings import Finding, tell
from halfway.kit.outcome import Outcome
from halfway.kit.process import Bystander, Process
from halfway.kit.unit import Unit
from halfway.kit.values import Call
from halfway.sim import CheckerFaultError, Tape, World
from halfway.sim.pressures import BESIDE, PRESSURES
from halfway.sim.world import IN_THE_OPEN

LIFETIMES_MAX = 6
LEEWAY_NS = 600_000_000
"""Who looks every half second may see later what is beside it; who waits for it is later by a whole call."""


class Story:
    """One simulated run. Ports are made with it; what goes wrong in it is on its tape.

    `seen` is what its scenario gave. What a pressure finds by itself is in `findings` where a scenario is
    told (`promise_under` says which promise it breaks); elsewhere it breaks the promise that tells the story.
    """

    lifetimes = 0

    def __init__(
        self,
        unit: Unit,
        tape: Tape,
        faults: frozenset[str],
        *,
        telling: bool = True,
        secret: str = IN_THE_OPEN,
        pressures: frozenset[str] = PRESSURES,
        is_scenario: bool = False,
    ) -> None:
        self._unit, self.tape = unit, tape
        self.world = World(tape, faults, secret, pressures)
        self.seen: Any = None
        self.findings: list[Finding] = []
        self.beside: list[Bystander] = []
        self._is_scenario = is_scenario
        if not telling:
            self.world.telling = False

    def process(self, *, watch: bool = False, in_threads: bool = False, settings: bool = False) -> Process:
        """A new process, to be used in `with`; the one before it ends. `in_threads`, it may have threads.

        With `watch` its `calls` name the clocks that its code read, with `settings` its `changed` what is not
        as it was.
        """
        return Process(self, self._unit, watch=watch, in_threads=in_threads, settings=settings)

    @contextmanager
    def untold(self) -> Iterator[None]:
        """What happens in here is looked at, and is no part of what is told: a search, or a second look."""
        telling, lifetimes = self.world.telling, self.lifetimes
        self.world.telling = False
        try:
            yield
        finally:
            self.world.telling, self.lifetimes = telling, lifetimes

    def until_done(self, call: Callable[[], Any] | Call) -> Outcome:
        """New processes, nothing more going wrong, until the call returns in one; six at most."""
        self.world.on = False
        for _ in range(LIFETIMES_MAX):
            with self.process() as process:
                outcome = process.run(call)
            if outcome.kind == "returned":
                break
        return outcome

    def later(self, seconds: float) -> None:
        """So much time passes, with no process at work."""
        self._unit._end()
        self.world.pass_time(seconds)

    def found(self, pressure: str, saw: str, words: tuple[str, str] | None = None) -> None:
        """Something that a pressure found by itself; `words` are its own rule and question."""
        self.findings.append(Finding(pressure, saw, words))
        if not self._is_scenario:
            tell(self.findings, self, (pressure,))

    def other_machine(self, call: Callable[[], Any]) -> Any:
        """Make the call in another interpreter, with another hash seed, and give what it returns there.

        For functions of plain data alone: ports and objects of theirs do not travel.
        """
        return on_another_machine(self._unit, call)

    def live(self, value: Any) -> Any:
        """A list or dict that lives with the learner's code: a caller can change it after handing it over."""
        return self._unit._call(("!live", (value,), {}))

    def name(self, what: str) -> str:
        """A name that no other story has."""
        return self.world.name(what)

    @property
    def seconds(self) -> float:
        """Virtual seconds since the story began."""
        return self.world.seconds

    @property
    def cancelled(self) -> int:
        """How often a cancel was delivered in this story."""
        return self.world.cancelled

    @property
    def faulted(self) -> list[str]:
        """The kinds of what went wrong, in order; how long calls take, and who calls, is no fault."""
        return self.world.happened

    @property
    def replay(self) -> str:
        """The faults of this story, as one word to type."""
        return self.tape.replay

    @property
    def timeline(self) -> list[Any]:
        """What happened."""
        return self.world.timeline.events

    def close(self) -> None:
        """The story is over; what it was told with may go."""
        if self.beside:
            self._compare_bystanders()
        self._unit._end()
        self._unit._pressed.add_story(self.world)
        for port in self.world.ports:
            port.gone()
        self.world.ports.clear()

    def _compare_bystanders(self) -> None:
        bystanders, self.beside = self.beside, []
        for beside in bystanders:
            alone = self._unit._pressed.alone.get(beside.make)
            if alone is None:
                alone = self._unit._pressed.alone[beside.make] = _alone(self._unit, beside)
            told = _without_salt(beside.told, self.world.salt)
            if told != alone[0] or abs(beside.took_ns - alone[1]) > max(LEEWAY_NS, alone[1] // 5):
                what = "was not done when it was" if beside.took_ns < 0 else f"{beside.took_s} s beside it"
                self.found(
                    BESIDE,
                    f"somebody else's call in the same process: alone it {alone[0]} after "
                    f"{alone[1] / 1e9:g} s; beside this one it {told}, {what}",
                )


def _alone(unit: Unit, beside: Bystander) -> tuple[str, int]:
    """How somebody else's call ends, and after how many nanoseconds, with nobody beside it."""
    story = Story(unit, Tape(), frozenset(), telling=False)
    with story.process() as process:
        outcome = process.run(beside.make(unit, story))
    if story.findings:
        raise CheckerFaultError("a bystander leaves something behind")
    unit._end()
    return _without_salt(str(outcome), story.world.salt), story.world.now_ns


def _without_salt(told: str, salt: str) -> str:
    """What was told, as it is told in the open: a name is without its salt there, whole."""
    return told.replace(f"-{salt}", "").replace(salt, "")


def only_story(unit: Unit, secret: str = IN_THE_OPEN, pressures: frozenset[str] = PRESSURES) -> Story:
    """The story in which nothing goes wrong; told aloud, unless its unit is only searched."""
    return Story(unit, Tape(), frozenset(), telling=unit._is_aloud, secret=secret, pressures=pressures)


def stories_of(scenario: Callable[..., Any], unit: Unit, given: dict[str, Any]) -> Callable[[Story], Any]:
    """The scenario, as something to be told of one story."""
    return lambda story: scenario(unit, story, **given)


Stories = Iterator[Story]
