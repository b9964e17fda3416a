"""One simulated run: process lifetimes, one after the other, in one world."""

from collections.abc import Callable, Iterator
from typing import Any

from halfway.kit.elsewhere import on_another_machine
from halfway.kit.outcome import Outcome, tried
from halfway.kit.unit import Unit
from halfway.kit.values import Call
from halfway.sim import CrashError, Explorer, Fault, Life, Tape, World
from halfway.sim.world import IN_THE_OPEN

LIFETIMES_MAX = 6


class Process:
    """One process lifetime: a `with` block, left quietly when the process crashes."""

    def __init__(self, story: "Story", unit: Unit, *, watch: bool = False) -> None:
        self._story, self._unit, self._watch = story, unit, watch
        self._life: Life | None = None
        self.crashed = False

    def __enter__(self) -> "Process":
        story = self._story
        story.lifetimes += 1
        if story.world.telling:
            story.world.tell("your code", f"process {story.lifetimes} starts")
        life = self._life = self._unit._begin(story.world)
        if self._watch:
            life.watch = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: object
    ) -> bool:
        is_dead = self.life.dead
        if is_dead:
            self.crashed = True
        return is_dead and isinstance(error, CrashError)

    @property
    def life(self) -> Life:
        """The judge's side of this process."""
        assert self._life is not None, "a process begins with its `with` block"
        return self._life

    def run(self, call: Callable[[], Any]) -> Outcome:
        """Make a call that can be stopped on the way, and give how it ended."""
        life = self.life
        life.stoppable = True
        try:
            outcome = tried(call)
        finally:
            life.stoppable = False
        if outcome.kind == "crashed":
            self.crashed = True
        elif life.world.telling:
            life.world.tell("your code", repr(outcome))
        return outcome

    def together(self, *calls: Call) -> list[Outcome]:
        """Make several calls concurrently on one loop, and give how each ended.

        Each is given as `unit.publish.later(...)`. They can be stopped on the way. If the process crashes,
        each of them did.
        """
        self.life.stoppable = True
        try:
            return self._unit._call_together(list(calls))
        except CrashError:
            self.crashed = True
            return [Outcome("crashed") for _ in calls]
        finally:
            self.life.stoppable = False

    def wait(self, seconds: float) -> None:
        """Let virtual time pass; what the process left running goes on."""
        self._unit._call(("!wait", (seconds,), {}))

    def shared(self, payload: Any, **owners: Any) -> list[str]:
        """Name every mutable object that the payload shares with an owner, with its path. Attested."""
        return list(self._unit._call(("!shared", (payload, owners), {})))

    @property
    def swallowed(self) -> bool:
        """Did a call that was cancelled return as if nothing had been? Attested."""
        return self.life.swallowed > 0

    @property
    def leaked(self) -> int:
        """How many tasks the last call left running. Attested."""
        return self.life.leaked

    @property
    def calls(self) -> list[tuple[str, str, int]]:
        """With `watch`: the clocks, sleeps and chance that its code called itself, and where. Attested."""
        return list(self.life.calls)


class Story:
    """One simulated run. Ports are made with it; what goes wrong in it is on its tape."""

    lifetimes = 0

    def __init__(
        self,
        unit: Unit,
        tape: Tape,
        faults: frozenset[str],
        *,
        telling: bool = True,
        secret: str = IN_THE_OPEN,
    ) -> None:
        self._unit, self.tape = unit, tape
        self.world = World(tape, faults, secret)
        if not telling:
            self.world.telling = False

    def process(self, *, watch: bool = False) -> Process:
        """A new process, to be used in `with`; the one before it ends."""
        return Process(self, self._unit, watch=watch)

    def until_done(self, call: Callable[[], Any]) -> Outcome:
        """New processes, nothing more going wrong, until the call returns in one; six at most."""
        self.world.on = False
        for _ in range(LIFETIMES_MAX):
            with self.process() as process:
                outcome = process.run(call)
            if outcome.kind == "returned":
                break
        return outcome

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
    def replay(self) -> str:
        """The faults of this story, as one word to type."""
        return self.tape.replay

    @property
    def timeline(self) -> list[Any]:
        """What happened."""
        return self.world.timeline.events

    def close(self) -> None:
        """The story is over; what it was told with may go."""
        self._unit._end()
        self.world.ports.clear()


def only_story(unit: Unit, secret: str = IN_THE_OPEN) -> Story:
    """The story in which nothing goes wrong."""
    return Story(unit, Tape(), frozenset(), secret=secret)


class EveryStory(Explorer[Story]):
    """`every_story(faults, depth=2)`: every story with up to that many faults, fewest first.

    Stories are searched without being told. With `only`, one story is told again, with its timeline. Under a
    `secret`, nobody can guess the names in them.
    """

    def __init__(
        self,
        unit: Unit,
        *,
        only: tuple[Fault, ...] | None = None,
        order: Any = None,
        secret: str = IN_THE_OPEN,
    ) -> None:
        telling = only is not None
        super().__init__(
            lambda tape, faults: Story(unit, tape, faults, telling=telling, secret=secret),
            only=only,
            order=order,
        )

    def __call__(self, faults: Any, depth: int = 2, cap: int = 2_000) -> Iterator[Story]:
        return super().__call__(faults, depth, cap)
