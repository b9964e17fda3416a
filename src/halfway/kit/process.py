"""One process lifetime of a story: calls that can be stopped, alone or beside others."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from halfway.kit.findings import NEVER_ANSWERED, STANDS_STILL
from halfway.kit.lanes import Lane, run_in_lanes
from halfway.kit.outcome import Outcome, tried
from halfway.kit.promise import BrokenError
from halfway.kit.unit import Unit
from halfway.kit.values import CALLER, Call, Handle, NotPlainError, speaker_of, told_call
from halfway.sim import CheckerFaultError, CrashError, FoulError, Life, World
from halfway.sim.pressures import ASKED, BESIDE, CALLERS, IN_CLEANUP, LIVES_ON, QUIET_END
from halfway.sim.timeline import NS

if TYPE_CHECKING:
    from types import TracebackType

AFTER = "!after"
"""The call of somebody who comes later."""
MakesCall = Callable[[Any, Any], Call]
"""Makes somebody else's call in a story, with ports of its own that are calm."""


class StoryLike(Protocol):
    """What a process needs of the story that it belongs to."""

    world: World
    lifetimes: int
    beside: list["Bystander"]

    def found(self, pressure: str, saw: str, words: tuple[str, str] | None = None) -> None: ...


class Bystander:
    """Somebody else's call, made beside another one: how it ended, and when."""

    __slots__ = ("make", "told", "took_ns")

    def __init__(self, make: MakesCall, told: str, took_ns: int) -> None:
        self.make, self.told, self.took_ns = make, told, took_ns

    @property
    def took_s(self) -> str:
        """The seconds that it took, in words."""
        return f"{self.took_ns / 1e9:g}"


class Process:
    """One process lifetime: a `with` block, left quietly when the process crashes."""

    def __init__(
        self,
        story: StoryLike,
        unit: Unit,
        *,
        watch: bool = False,
        in_threads: bool = False,
        settings: bool = False,
    ) -> None:
        self._story, self._unit = story, unit
        self._watch, self._in_threads, self._settings = watch, in_threads, settings
        self._life: Life | None = None
        self._last = ""
        self._no_answer: Exception | None = None
        self.crashed = False
        self.took_s = 0.0
        """The seconds that the last call took which had somebody beside it."""

    def __enter__(self) -> "Process":
        story = self._story
        story.lifetimes += 1
        if story.world.telling:
            story.world.tell("your code", f"process {story.lifetimes} starts")
        life = self._life = self._unit._begin(story.world)
        life.watch, life.in_threads, life.compares = self._watch, self._in_threads, self._settings
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: "TracebackType | None",
    ) -> bool:
        life = self.life
        if life.dead:
            self.crashed = True
        elif error is None and not self._unit._link.is_trusted:
            before_ns = life.world.now_ns
            self._rest("the process")
            life.world.now_ns = before_ns  # it is over, and nothing has happened
        return life.dead and isinstance(error, CrashError)

    @property
    def life(self) -> Life:
        """The judge's side of this process."""
        assert self._life is not None, "a process begins with its `with` block"
        return self._life

    def run(
        self,
        call: Callable[[], Any] | Call,
        *,
        beside: MakesCall | None = None,
        begins_s: float = 0,
        asking: Call | None = None,
        told: Callable[[Outcome], str] | None = None,
        in_a_thread: bool = False,
        in_cleanup: bool = False,
    ) -> Outcome:
        """Make a call that can be stopped on the way, and give how it ended.

        `beside` makes somebody else's call, which nobody stops, at the same time, or `begins_s` later.
        `asking` is a call of what only reads: somebody makes it whenever the process waits, `in_a_thread` in
        another one, and `told` gives what is wrong with the answer, or "". Both want the call as
        `unit.publish.later(...)`. `in_cleanup` makes the call in a task that was cancelled before, while it
        cleans up.
        """
        if in_cleanup:
            self.life.in_cleanup = True
        if asking is not None:
            self._ask_meanwhile(asking, told, in_a_thread)
        try:
            if beside is not None:
                self.life.begins_s = begins_s
                ended = self._run_beside(call, beside)
            else:
                ended = self._ended(self._stoppable(call), call)
        finally:
            self.life.asking = self.life.on_asked = None
            self.life.in_cleanup = False
            self.life.begins_s = 0
        if self._no_answer is not None:
            raise self._no_answer
        return ended

    def again(self, call: Callable[[], Any] | Call, *, in_a_new_loop: bool = False) -> Outcome:
        """Ask the same process once more, nothing more going wrong: a process goes on after every ending.

        With `in_a_new_loop` it goes on as after a second `asyncio.run`.
        """
        world, last = self._story.world, self._last
        self.life.in_a_new_loop = in_a_new_loop
        before, world.on = world.on, False
        if last == "was cancelled" and CALLERS in world.pressures:
            self.life.in_cleanup = True
            if world.telling:
                world.tell("your code", f"the next call is {IN_CLEANUP}")
        try:
            outcome = self._ended(self._stoppable(call), call)
        finally:
            world.on, self.life.in_cleanup, self.life.in_a_new_loop = before, False, False
        if last and LIVES_ON in world.pressures:
            self._unit._pressed.add(LIVES_ON, last)
            if outcome.kind == "hung":
                self._story.found(LIVES_ON, f"the call {last}; the next one {outcome}")
        return outcome

    def together(self, *calls: Call) -> list[Outcome]:
        """Make several calls concurrently on one loop, and give how each ended.

        Each is given as `unit.publish.later(...)`. They can be stopped on the way. If the process crashes,
        each of them did.
        """
        outcomes = self._at_once(list(calls), None)
        if outcomes and not self.life.dead and QUIET_END in self._story.world.pressures:
            self._rest_if_left(f"{told_call(calls[0])} {outcomes[0]}")
        return outcomes

    def in_turn(self, *calls: Call) -> list[Outcome]:
        """Make several calls now and await them one after the other, and give how each ended.

        Each is given as `unit.publish.later(...)`; nothing goes wrong.
        """
        world = self._story.world
        before, world.on = world.on, False
        self.life.in_turn = True
        try:
            return self._unit._call_together(list(calls), 0)
        finally:
            world.on, self.life.in_turn = before, False

    def threads(
        self, *lanes: Lane, on_end: Callable[[Lane, Outcome], Any] | None = None, by_turns: bool = False
    ) -> None:
        """Let these threads run until each has ended, or none can go on; they know then how calls ended.

        Any of them may be held up at each of its steps for another one, as often as the story has faults of
        the kind ORDER; else one goes on until it waits, or, `by_turns`, until its next step. `on_end` hears
        of each end in the moment of it.
        """
        run_in_lanes(self, lanes, on_end, by_turns)

    # ---- how it is made

    def _stoppable(self, call: Callable[[], Any] | Call) -> Outcome:
        life = self.life
        life.stoppable = True
        try:
            return tried(call if callable(call) else lambda: self._unit._call(call))
        finally:
            life.stoppable = False

    def _ended(self, outcome: Outcome, call: Callable[[], Any] | Call, *, is_told: bool = False) -> Outcome:
        life = self.life
        outcome.lost_by, life.lost_by = life.lost_by, ""
        if outcome.kind == "crashed":
            self.crashed = True
            return outcome
        if outcome.kind == "cancelled" and life.uncancelled and CALLERS in life.world.pressures:
            outcome.kind = "uncancelled"
        if life.world.telling and not is_told:
            life.world.tell(*_end_told(outcome, call, life))
        if QUIET_END in life.world.pressures and outcome.kind != "hung":
            self._rest_if_left(f"{'the call' if callable(call) else told_call(call)} {outcome}")
        self._last = outcome.in_a_word
        self._unit._pressed.ends.add(self._last)
        return outcome

    def _at_once(self, calls: list[Call], stoppable: int | None) -> list[Outcome]:
        self.life.stoppable = True
        try:
            return self._unit._call_together(calls, stoppable)
        except CrashError:
            self.crashed = True
            return [Outcome("crashed") for _ in calls]
        finally:
            self.life.stoppable = False

    # ---- pressures

    def _run_beside(self, call: Callable[[], Any] | Call, beside: MakesCall) -> Outcome:
        if callable(call):
            raise CheckerFaultError("beside another call, a call is made as `unit.publish.later(...)`")
        world = self._story.world
        if BESIDE not in world.pressures:
            return self._ended(self._stoppable(call), call)
        start_ns = world.now_ns
        began_ns = start_ns + round(self.life.begins_s * NS)
        outcome, other = self._at_once([call, beside(self._unit, self._story)], 1)
        if outcome.kind != "crashed":
            ended = self.life.ended_ns
            self.took_s = (ended[0] - start_ns) / NS if ended and ended[0] >= 0 else 0.0
            took_ns = ended[1] - began_ns if len(ended) > 1 and ended[1] >= 0 else -1
            self._story.beside.append(Bystander(beside, str(other), took_ns))
            self._unit._pressed.add(BESIDE, "made")
            if still := self.life.stood_still:
                saw = f"the process stood still for {still}; somebody else's call was beside it"
                self._story.found(BESIDE, saw, STANDS_STILL)
        return self._ended(outcome, call, is_told=True)

    def _ask_meanwhile(self, asking: Call, told: Callable[[Outcome], str] | None, in_a_thread: bool) -> None:
        life, story = self.life, self._story
        if ASKED not in story.world.pressures:
            return

        def on_asked(how: str, value: Any) -> None:
            if self._no_answer is not None:
                return
            try:
                answer = tried(lambda: self._unit._answer(life, asking, how, value))
            except (BrokenError, NotPlainError) as error:
                # It is told once the work has ended: nobody can ask now what such an answer holds.
                self._no_answer = error
                return
            wrong = told(answer) if told is not None else ""
            self._unit._pressed.add(ASKED, "asked")
            if wrong:
                who = " in another thread" if in_a_thread else ""
                when = f"asked{who} at {story.world.seconds:g} s, while the work is under way"
                story.found(ASKED, f"{when}: {wrong}", NEVER_ANSWERED if answer.kind == "hung" else None)

        life.asking, life.on_asked, life.asks_apart = asking, on_asked, in_a_thread

    def _rest_if_left(self, what: str) -> None:
        """Something of a call is left, as the subject says itself: let it go on for a year, and see."""
        life = self.life
        if (life.left or life.has_requests) and not life.dead:
            self._rest(what)

    def _rest(self, what: str) -> None:
        if QUIET_END in self._story.world.pressures and QUIET_END not in self._unit._pressed.done:
            left = self.life.rest()
            if left:
                self._unit._pressed.done.add(QUIET_END)
                self._story.found(QUIET_END, f"{what}; {left}")

    # ---- more

    def wait(self, seconds: float) -> None:
        """Let virtual time pass; what the process left running goes on."""
        self._unit._call(("!wait", (seconds,), {}))

    def shared(self, payload: Any, **owners: Any) -> list[str]:
        """Name every mutable object that the payload shares with an owner, with its path. Attested."""
        told = self._unit._call(("!shared", (payload, owners), {}))
        if type(told) is not list or any(type(path) is not str for path in told):
            raise FoulError("what is shared is no list of paths")
        return told

    # ---- what is handed in, made on their side

    def rng(self, seed: int, *, is_odd: bool = False) -> Any:
        """A `random.Random` with this seed, or one that is false, no key, equal to all, and has no state."""
        return self._unit._call(("!rng", ("odd" if is_odd else "plain", seed), {}))

    def error_class(self, name: str) -> Any:
        """A class of errors: a built-in one, "asyncio.CancelledError", or a new one, "Down(OSError)".

        "MuteReply(Exception)" and its like, which `subject.handed` makes, cannot do what errors mostly can.
        """
        return self._unit._call(("!class", (name,), {}))

    def error(self, kind: str, text: str, *, cause: Any = None, inside: tuple[Any, ...] = ()) -> Any:
        """An error of this class, as it is when it was caught; `inside` are the members of a group."""
        return self._unit._call(("!error", (self.error_class(kind), text, cause, inside), {}))

    def seed_chance(self, seed: int) -> None:
        """Somebody seeds the module `random` of this process, as a start-up script does."""
        self._unit._call(("!seed", (seed,), {}))

    @property
    def chance(self) -> int:
        """Where the module `random` of this process stands: another number when it was drawn from."""
        told = self._unit._call(("!chance", (), {}))
        if type(told) is not int:
            raise FoulError("where its chance stands is no number")
        return told

    def operation(self, port: Any, shape: str = "a function") -> Any:
        """A new function that calls the port, which has `__call__`; shapes: `subject.operations`."""
        return self._unit._call(("!operation", (port, shape), {}))

    def after(self, seconds: float, call: Call, *, patience: float | None = None) -> Call:
        """The same call of a method, made so many seconds later, by somebody who has so much patience."""
        (owner, name), args, _ = call
        return AFTER, (float(seconds), patience, Handle(owner), name, *args), {}

    def apart(self, call: Call) -> Outcome:
        """Make the call of a method in an event loop of its own, and give how it ended."""
        (owner, name), args, _ = call
        return tried(lambda: self._unit._call(("!apart", (Handle(owner), name, *args), {})))

    def in_another_thread(self, call: Call) -> Outcome:
        """Make the call of a synchronous method in another thread, alone, and give how it ended.

        What belongs to a thread (`threading.local`, a context variable, a lock) is not there for it. The
        thread is in line, and so it is there on every machine and in a page.
        """
        (owner, name), args, _ = call
        return tried(lambda: self._unit._call(("!thread", (Handle(owner), name, *args), {})))

    @property
    def swallowed(self) -> bool:
        """Did a call that was cancelled return as if nothing had been? Attested."""
        return self.life.swallowed > 0

    @property
    def leaked(self) -> int:
        """How many tasks the last call left running. Attested."""
        return self.life.leaked

    @property
    def changed(self) -> list[str]:
        """With `settings`: what of loop, caller and process the last run() has left another. Attested."""
        return list(self.life.changed)

    @property
    def calls(self) -> list[tuple[str, str, int]]:
        """With `watch`: the clocks, sleeps and chance that its code called itself, and where. Attested."""
        return list(self.life.calls)


def _end_told(outcome: Outcome, call: Callable[[], Any] | Call, life: Life) -> tuple[str, str]:
    """In whose lane an end is told, and how. What code of the suite's own has seen is for the judge."""
    lane = "your code" if callable(call) else speaker_of(call, life)
    is_for_the_judge = (
        lane == CALLER and outcome.kind == "returned" and isinstance(outcome.value, list | dict)
    )
    return lane, outcome.in_a_word if is_for_the_judge else repr(outcome)
