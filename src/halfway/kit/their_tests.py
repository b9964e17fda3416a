"""A unit to write tests for: the learner's tests are run here, each with one candidate in one world.

What a test says is how it ends: it accepts a candidate by returning, and refuses it by raising. The
candidates are the suite's own, and run on the judge's side; a test meets one behind a port, and never learns
which.
"""

import ast
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from itertools import combinations
from random import Random
from typing import Any, Generic, TypeVar

from halfway.kit.outcome import Outcome, tried
from halfway.kit.promise import NO_STORY, BrokenError
from halfway.kit.shape import Shape, read
from halfway.kit.story import Story
from halfway.kit.their_source import draws, has_an_order_of_its_own, sees_its_world_alone
from halfway.kit.unit import Unit
from halfway.sim import Port, Tape
from halfway.sim.pressures import NO_PRESSURES

FIRST_RULE = "a test is a function of the module whose name begins with test_"
FIRST_ASK = "what is the first story that you would like to have tried?"
FIRST_TEST = "`test_...(world)` is still to be written"
_PROCESSOR_S = (time.process_time,)
"""Bound now, and not by a name: while time is frozen, a name may stand for another clock."""
_ADDRESS = " at 0x"
TRIED_MAX = 4_000
"""So many combinations of tests are looked at for one that is enough."""


C = TypeVar("C", bound=Hashable)
Makes = Callable[[Story, C], Port]
"""Makes the port with this candidate behind it, in a world of its own."""
LinesUp = Callable[[Random], Sequence[C]]
"""Gives the candidates; what is free in one of them is drawn, and so is their order."""
Rehearses = Callable[[C], Callable[[Any], Hashable]]
"""Gives what this candidate's world answers to one question after the other, with no test there; a question
is as the port keeps it in `asked`, and the answer as it keeps it in `answered`."""
ONE_WORLD = "POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD"


def functions_of(unit: Unit, prefix: str) -> dict[str, Shape]:
    """Give what can be called in the submission under a name that begins like this, in its own order."""
    return read(unit._call(("!functions", (prefix,), {})))


def defined_twice(unit: Unit, prefix: str) -> list[str]:
    """Give the names with this beginning that the file defines more than once: only the last is there."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    body = ast.parse(unit._link.source).body
    names = Counter(node.name for node in body if isinstance(node, functions))
    return [name for name, times in names.items() if times > 1 and name.startswith(prefix)]


class _Heard:
    """What a test did after it had heard the same: its next question, by answer, or its end."""

    __slots__ = ("after", "asked", "end")

    def __init__(self) -> None:
        self.asked: Any = None
        self.after: dict[Hashable, _Heard] = {}
        self.end: Outcome | None = None


def note(unit: Unit, text: str) -> None:
    """Let a learner who keeps this promise read a note on it."""
    unit._right = text


class TheirTests(Generic[C]):
    """The tests of one submission, and how each ends with each candidate: run when it is asked for, and once.

    Every run is in a new process and in a new world. `names` are the tests that can be run as tests are, and
    `trouble` says of the others, by name, why they cannot.

    A test that sees its world alone does the same where it is answered the same. So it is run only where a
    candidate answers something that it has not heard yet; up to there the candidate is asked in rehearsal.
    """

    def __init__(
        self,
        unit: Unit,
        makes: Makes[C],
        candidates: Sequence[C],
        secret: str,
        rehearses: Rehearses[C] | None = None,
    ) -> None:
        self._unit, self._makes, self._secret = unit, makes, secret
        self.candidates = candidates
        shares = rehearses is not None and sees_its_world_alone(unit._link.source)
        self._rehearses = rehearses if shares else None
        self._heard: defaultdict[str, _Heard] = defaultdict(_Heard)
        self._refused_last: dict[str, None] = {}
        self._ends: dict[tuple[str, C], Outcome] = {}
        self.took_s: defaultdict[str, float] = defaultdict(float)
        """How long each test has computed so far, over all its runs."""
        self.steps: Counter[str] = Counter()
        """In how many steps each test has asked its world, in its longest run so far."""
        shapes = functions_of(unit, "test_")
        if not shapes:
            raise BrokenError(FIRST_TEST, FIRST_RULE, FIRST_ASK, NO_STORY)
        twice = defined_twice(unit, "test_")
        told = {name: _trouble(name, shape, twice) for name, shape in shapes.items()}
        self.trouble = {name: trouble for name, trouble in told.items() if trouble}
        self.names = [name for name in shapes if name not in self.trouble]

    @classmethod
    def of(
        cls,
        unit: Unit,
        story: Story,
        makes: Makes[C],
        lines_up: LinesUp[C],
        rehearses: Rehearses[C] | None = None,
    ) -> "TheirTests[C]":
        """Give the tests of this submission, as they are for every promise.

        Raises BrokenError where there is none yet.
        """
        secret = story.world.secret
        key = "their tests", makes, bool(secret)
        if key not in unit._ends:
            unit._ends[key] = cls(unit, makes, lines_up(story.world.chance), secret, rehearses)
        found: TheirTests[C] = unit._ends[key]
        return found

    def end(self, test: str, candidate: C) -> Outcome:
        """How this test ends with this candidate."""
        end = self._ends.get((test, candidate))
        if end is None:
            end = self._ends[test, candidate] = self._foreseen(test, candidate) or self._seen(test, candidate)
        return end

    def _foreseen(self, test: str, candidate: C) -> Outcome | None:
        """How a test ends that hears from this candidate what it has heard before; None where it does not."""
        if self._rehearses is None or test not in self._heard:
            return None
        answers, heard = self._rehearses(candidate), self._heard[test]
        while heard.end is None:
            after = heard.after.get(answers(heard.asked))
            if after is None:
                return None
            heard = after
        return heard.end

    def _seen(self, test: str, candidate: C) -> Outcome:
        story = self._world()
        port: Any = self._makes(story, candidate)
        end = self.run(test, port)
        self._is_over(story)
        if self._rehearses is not None and len(port.asked) == len(port.answered):
            heard = self._heard[test]
            for asked, answered in zip(port.asked, port.answered, strict=True):
                heard.asked = asked
                heard = heard.after.setdefault(answered, _Heard())
            heard.end = end
        return end

    @property
    def uses_chance(self) -> bool:
        """May one of them draw what it does, and something else the next time?"""
        return draws(self._unit._link.source)

    def is_elsewhere_the_same(self, asked: Iterable[list[Any]]) -> bool:
        """Does nothing of these runs hang on the machine: no set, no module that looks around, no address?"""
        source = self._unit._link.source
        return (
            sees_its_world_alone(source)
            and not has_an_order_of_its_own(source)
            and not any(_ADDRESS in str(each) for run in asked for each in run)
        )

    def asked(self, test: str, candidate: C, process: int) -> list[Any]:
        """What this test asks of its world in a process of this number, and what it says in the end.

        Each number has a chance of its own, and a day. `Story.other_machine` runs it where more is another.
        """
        story = self._world()
        story.world.lives = process
        port: Any = self._makes(story, candidate)
        said = _said(self.run(test, port))
        self._is_over(story)
        return [*port.asked, said]

    def did(self, test: str, candidate: C) -> list[Any]:
        """What this test asks in its first run with this candidate, and what it says in the end."""
        end = self.end(test, candidate)
        if self._rehearses is None or test not in self._heard:
            return self.asked(test, candidate, 0)
        answers, heard, did = self._rehearses(candidate), self._heard[test], []
        while heard.end is None:
            did.append(heard.asked)
            after = heard.after.get(answers(heard.asked))
            if after is None:
                return self.asked(test, candidate, 0)
            heard = after
        return [*did, _said(end)]

    def run(self, test: str, port: Port) -> Outcome:
        """Run a test in a new process, with this port."""
        self._unit._begin(port.world)
        began = _PROCESSOR_S[0]()
        try:
            return tried(partial(self._unit._call, (test, (port,), {})))
        finally:
            self.took_s[test] += _PROCESSOR_S[0]() - began
            asked: Sequence[Any] = getattr(port, "asked", ())
            self.steps[test] = max(self.steps[test], len(asked))
            self._unit._takes_long = self._longest()

    def _longest(self) -> str:
        """Say how often tests are run, in how many steps so far, and which has computed longest."""
        name, seconds = max(self.took_s.items(), key=lambda took: took[1])
        tests = len(self.took_s)
        which = "the one that has run takes" if tests == 1 else f"the {tests} that have run take"
        return (
            f"each of your tests runs {len(self.candidates)} times and more in a verdict; {which} "
            f"{self.steps.total():,} steps, once each; `{name}` had most of the time, "
            f"{seconds:.1f} s of {sum(self.took_s.values()):.1f} s"
        )

    def refusals(self, candidates: Iterable[C]) -> dict[C, str]:
        """Give the candidates that some test refuses, each with one that does."""
        found = {}
        for candidate in candidates:
            # What has refused another one refuses this one soonest.
            names = dict.fromkeys((*reversed(self._refused_last), *self.names))
            test = next((name for name in names if not accepts(self.end(name, candidate))), "")
            if test:
                found[candidate] = test
                self._refused_last.pop(test, None)
                self._refused_last[test] = None
        return found

    def enough(self, candidates: Sequence[C], runs_max: int | None = None) -> list[str]:
        """Give few tests that refuse together what all refuse: the fewest, where that is seen soon.

        Where every test with every candidate would be more than `runs_max`, those that were the first to
        refuse one are looked through, and whoever refuses nothing that the rest does not is left out.
        """
        if runs_max is not None and len(self.names) * len(candidates) > runs_max:
            return self._first_to_refuse(candidates)
        refused = {
            name: frozenset(each for each in candidates if not accepts(self.end(name, each)))
            for name in self.names
        }
        return _cover(refused)

    def _first_to_refuse(self, candidates: Sequence[C]) -> list[str]:
        kept = defaultdict[str, list[C]](list)
        for candidate, test in self.refusals(candidates).items():
            kept[test].append(candidate)
        for name in sorted(kept, key=lambda test: len(kept[test])):
            moved: list[tuple[str, C]] = []
            for candidate in kept[name]:
                others = (other for other in kept if other != name)
                test = next((other for other in others if not accepts(self.end(other, candidate))), "")
                if not test:
                    break
                moved.append((test, candidate))
            else:
                del kept[name]
                for test, candidate in moved:
                    kept[test].append(candidate)
        return [name for name in self.names if name in kept]

    def _is_over(self, story: Story) -> None:
        """A refusal is what a test is for: no line of it is shown where another promise breaks."""
        story.close()
        self._unit._raised = None

    def _world(self) -> Story:
        return Story(
            self._unit,
            Tape(),
            frozenset(),
            telling=False,
            secret=self._secret,
            pressures=NO_PRESSURES,
            is_scenario=True,
        )


def _trouble(name: str, shape: Shape, twice: list[str]) -> str:
    """Say why this cannot be run as a test is, in words that follow its name; "" if it can."""
    if name in twice:
        return "is defined more than once: only the last of that name is there to be run"
    if shape.kind == "class":
        return "is a class, and a test is a function"
    if shape.kind != "def":
        return f"is {_KINDS[shape.kind]}: a call of it runs nothing"
    wanted = [
        (parameter, kind)
        for parameter, kind, default in shape.parameters or ()
        if default is None and not kind.startswith("VAR")
    ]
    takes_rest = any(kind == "VAR_POSITIONAL" for _, kind, _ in shape.parameters or ())
    by_place = [kind for _, kind, _ in shape.parameters or () if kind in ONE_WORLD]
    if shape.parameters is not None and (len(wanted) > 1 or not (by_place or takes_rest)):
        return "cannot be called with one world and nothing else"
    return (
        "" if all(kind in ONE_WORLD for _, kind in wanted) else "cannot be called with a world by its place"
    )


_KINDS = {
    "async def": "an `async def`",
    "generator": "a generator",
    "async generator": "an asynchronous generator",
    "strange": "no function that can be looked at",
    "a value": "a value",
}


def accepts(end: Outcome) -> bool:
    """Did a test that ended like this accept its candidate?"""
    return end.kind == "returned"


def _said(end: Outcome) -> str:
    return "accepted it" if accepts(end) else "refused it"


def _cover(refused: dict[str, frozenset[C]]) -> list[str]:
    everything = frozenset[C]().union(*refused.values())
    useful = [
        name
        for place, (name, those) in enumerate(refused.items())
        if not any(
            those < other or (those == other and at < place) for at, other in enumerate(refused.values())
        )
    ]
    tries = 0
    for size in range(1, len(useful)):
        for chosen in combinations(useful, size):
            tries += 1
            if frozenset[C]().union(*(refused[name] for name in chosen)) == everything:
                return list(chosen)
            if tries >= TRIED_MAX:
                return _pruned(useful, refused, everything)
    return useful


def _pruned(names: list[str], refused: dict[str, frozenset[C]], everything: frozenset[C]) -> list[str]:
    kept = list(names)
    for name in names:
        rest = [other for other in kept if other != name]
        if frozenset[C]().union(*(refused[other] for other in rest)) == everything:
            kept = rest
    return kept
