"""A unit to write tests for: the learner's tests run with candidates of the suite's, one world each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import pytest

from halfway.kit import (
    BrokenError,
    Port,
    Story,
    TheirTests,
    Unit,
    accepts,
    attribute,
    functions_of,
    only_story,
)
from halfway.kit.their_source import draws, has_an_order_of_its_own, sees_its_world_alone
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

LINKS = pytest.mark.parametrize("link", [Direct, Pipe])
TESTS = """
import functools
import random

seen = []

def helper(world): raise AssertionError

def test_counts(world):
    world.ring()
    assert len(world.rang) == 1

def test_counts_again(world, times=1):
    world.ring()
    assert len(world.rang) == times

class _Heard:
    def __call__(self, world):
        held = world.rang
        world.ring()
        assert held == [] and world.rang

test_is_heard = _Heard()
test_partial = functools.partial(test_counts_again, times=1)

def test_remembers(world):
    seen.append(1)
    assert len(seen) == 1

def test_draws(world):
    for _ in range(20):
        random.choice([world.ring, world.wait])()
    assert world.rang

async def test_waits(world): ...

def test_yields(world): yield

def test_two(world, other): ...

def test_twice(world): ...

def test_twice(world): ...

def test_for_nobody(): ...

def test_by_name(*, world): ...

class test_class: ...
"""


class World(Port):
    """It rings as often as its candidate says."""

    def __init__(self, story: Any, times: int) -> None:
        super().__init__(story)
        self._times, self._rang = times, 0
        self.asked: list[str] = []

    @attribute
    def rang(self) -> list[str]:
        """What rang, as it is now."""
        return ["disk-7"] * self._rang

    def ring(self) -> None:
        """Ring."""
        self.asked.append("ring")
        self._rang += self._times

    def wait(self) -> None:
        """Wait."""
        self.asked.append("wait")


def line_up(chance: Random) -> Sequence[int]:
    return chance.sample([0, 1, 2], 3)


Opens = Callable[[str], tuple[Unit, TheirTests[int]]]


@pytest.fixture
def opened() -> Iterator[Callable[..., tuple[Unit, TheirTests[int]]]]:
    links: list[Any] = []

    def opens(source: str, link: Any = Direct) -> tuple[Unit, TheirTests[int]]:
        links.append(link(source, "catch"))
        unit = Unit(links[-1])
        return unit, TheirTests.of(unit, only_story(unit), World, line_up)

    yield opens
    for link in links:
        link.close()


@LINKS
def test_a_test_says_how_it_ends(opened: Any, link: Any) -> None:
    """Whatever can be called with a world is a test; it accepts by returning, and refuses by raising."""
    _, tests = opened(TESTS, link)
    for name in ("test_counts", "test_counts_again", "test_partial"):
        assert [accepts(tests.end(name, times)) for times in (0, 1, 2)] == [False, True, False]
    assert [accepts(tests.end("test_is_heard", times)) for times in (0, 1, 2)] == [False, True, True]
    assert str(tests.end("test_counts", 0)) == "raised AssertionError"


@LINKS
def test_each_run_is_in_a_new_module(opened: Any, link: Any) -> None:
    """What a test keeps in its module is gone when it meets the next candidate."""
    _, tests = opened(TESTS, link)
    assert all(accepts(tests.end("test_remembers", times)) for times in (0, 1, 2))


def test_where_the_time_went_is_told(opened: Any) -> None:
    """Should the time be used up, the test that has computed longest is told by its name."""
    unit, tests = opened("def test_a(world): sum(range(400_000))\n\ndef test_b(world): ...")
    for name in ("test_a", "test_b"):
        tests.end(name, 1)
    assert unit._takes_long.startswith("each of your tests runs 3 times and more in a verdict;")
    assert "the 2 that have run take 0 steps, once each; `test_a` had most of the time" in unit._takes_long


def test_what_cannot_be_run_is_told(opened: Any) -> None:
    """What is no plain function of one world is told by its name, and does not run."""
    _, tests = opened(TESTS)
    assert set(tests.names).isdisjoint(tests.trouble)
    assert tests.trouble == {
        "test_waits": "is an `async def`: a call of it runs nothing",
        "test_yields": "is a generator: a call of it runs nothing",
        "test_two": "cannot be called with one world and nothing else",
        "test_twice": "is defined more than once: only the last of that name is there to be run",
        "test_for_nobody": "cannot be called with one world and nothing else",
        "test_by_name": "cannot be called with one world and nothing else",
        "test_class": "is a class, and a test is a function",
    }


def test_a_file_without_a_test_says_so(opened: Any) -> None:
    """Without a test nothing is run, and the promise says what is still to be written."""
    with pytest.raises(BrokenError) as broken:
        opened("def helper(world): ...")
    assert broken.value.saw.endswith("is still to be written")


def test_what_is_still_to_be_written_is_no_refusal(opened: Any) -> None:
    """NotImplementedError says nothing of a candidate."""
    _, tests = opened("def test_x(world):\n    raise NotImplementedError\n")
    with pytest.raises(NotImplementedError):
        tests.end("test_x", 1)


def test_a_test_that_draws_asks_for_something_else(opened: Any) -> None:
    """In another process chance goes another way, and what a test asks for shows it."""
    _, tests = opened(TESTS)
    assert tests.uses_chance
    assert tests.asked("test_draws", 1, 0) != tests.asked("test_draws", 1, 1)
    assert tests.asked("test_counts", 1, 0) == tests.asked("test_counts", 1, 1) == ["ring", "accepted it"]


DRAWS = {
    "import random\n\ndef test_x(w): random.choice([w.ring, w.wait])()": True,
    "from random import choice": True,
    "from random import Random as R\nrng = R()": True,
    "import random as r\nrng = r.Random()": True,
    "from random import Random\n\nclass Mine(Random): ...": True,
    "from random import SystemRandom\nrng = SystemRandom(7)": True,
    "import secrets\n\ndef test_x(w): secrets.choice([w.ring, w.wait])()": True,
    "import random\nrandom.seed(7)": True,
    "from random import Random\n\ndef test_x(w): Random(7).choice([w.ring])()": False,
    "import random\n\ndef walk(rng: random.Random) -> random.Random: return random.Random(7)": False,
    "from random import Random as R\nrng: R = R('seven')": False,
    "'As random as it gets.'": False,
}


@pytest.mark.parametrize("source", DRAWS)
def test_a_generator_with_a_seed_draws_nothing_new(source: str) -> None:
    """Whoever may draw something else the next time is run in more processes than one who cannot."""
    assert draws(source) == DRAWS[source]


def test_on_another_machine_a_set_has_another_order(opened: Any) -> None:
    """A test that hangs on the machine asks for something else there."""
    source = (
        "def test_set(world):\n    for name in set('abcdef'):\n"
        "        [world.ring, world.wait][name < 'd']()\n\n"
        "def test_list(world):\n    world.ring()\n"
    )
    unit, tests = opened(source)
    there = only_story(unit).other_machine(lambda: {name: tests.asked(name, 1, 1) for name in tests.names})
    assert tests.asked("test_list", 1, 1) == there["test_list"]
    assert tests.asked("test_set", 1, 1) != there["test_set"]


class Told(World):
    """The same world, which keeps what it answers; it has been made so many times."""

    made = 0

    def __init__(self, story: Any, times: int) -> None:
        super().__init__(story, min(times, 2))
        self.answered: list[Any] = []
        Told.made += 1

    @attribute
    def rang(self) -> list[str]:
        """What rang, as it is now."""
        self.asked.append("rang")
        self.answered.append(self._rang)
        return ["disk-7"] * self._rang

    def ring(self) -> None:
        """Ring."""
        super().ring()
        self.answered.append(None)


def rehearse(times: int) -> Callable[[Any], Any]:
    rang = 0

    def answers(asked: Any) -> Any:
        nonlocal rang
        if asked == "rang":
            return rang
        rang += min(times, 2)
        return None

    return answers


@pytest.mark.parametrize("imports", ["from typing import Any", "import time"])
def test_what_has_been_heard_is_not_run_again(opened: Any, imports: str) -> None:
    """A candidate that answers what another did ends as that one; not where a test may see a clock."""
    source = f"{imports}\n\ndef test_x(world):\n    world.ring()\n    assert len(world.rang) == 1\n"
    unit, _ = opened(source)
    Told.made = 0
    tests = TheirTests.of(unit, only_story(unit), Told, line_up, rehearse)
    ends = [accepts(tests.end("test_x", times)) for times in (0, 1, 2, 3, 4)]
    assert ends == [False, True, False, False, False]
    assert Told.made == (3 if "typing" in imports else 5)
    assert tests.did("test_x", 4) == ["ring", "rang", "refused it"]


ALONE = {
    "import itertools\nfrom random import Random\nrng = Random(7)": True,
    "import random\nrandom.random()": False,
    "import os": False,
    "from datetime import datetime": False,
    "def test_x(w): w.publish(str(id(w)))": False,
}
ORDERS = {
    "for x in {1, 2}: ...": True,
    "x = set(y)": True,
    "x = {a for a in y}": True,
    "x = a.keys() - b": True,
    "for x in a.items(): ...": False,
    "x = [a for a in {1: 2}.keys()]": False,
}


@pytest.mark.parametrize("source", ALONE)
def test_who_sees_its_world_alone(source: str) -> None:
    """A file that imports or names what looks around sees more than its world."""
    assert sees_its_world_alone(source) == ALONE[source]


@pytest.mark.parametrize("source", ORDERS)
def test_a_set_has_an_order_of_its_own(source: str) -> None:
    """Where a set may be gone through, another machine may go another way."""
    assert has_an_order_of_its_own(source) == ORDERS[source]


def test_the_fewest_tests_that_are_enough(opened: Any) -> None:
    """Of tests that refuse the same together, the fewest are named."""
    source = "".join(
        f"def test_{name}(world):\n    world.ring()\n    assert len(world.rang) {what}\n"
        for name, what in (("some", "> 0"), ("few", "< 2"), ("one", "== 1"), ("none", "< 9"))
    )
    _, tests = opened(source)
    assert tests.enough([0, 2]) == ["test_one"]
    assert tests.enough([0, 2], runs_max=3) == ["test_some", "test_few"]
    assert tests.refusals([0, 1, 2]) == {0: "test_some", 2: "test_few"}


@LINKS
def test_functions_are_told_in_their_own_order(opened: Any, link: Any) -> None:
    """A suite asks which functions a submission has, by how their names begin."""
    unit, _ = opened("def test_b(w): ...\nx = 1\ntest_no = 2\ntest_a = len\nasync def test_c(w): ...\n", link)
    shapes = functions_of(unit, "test_")
    assert [(name, shape.kind) for name, shape in shapes.items()] == [
        ("test_b", "def"),
        ("test_a", "def"),
        ("test_c", "async def"),
    ]


@LINKS
def test_an_attribute_of_a_port_is_read_and_not_written(link: Any) -> None:
    """An attribute is what it is now, as a copy; nobody sets it."""
    source = (
        "def reads(world):\n    held = world.rang\n    world.ring()\n    held.append('mine')\n"
        "    return held, world.rang\n\ndef writes(world):\n    world.rang = []\n"
    )
    one = link(source, "catch")
    unit = Unit(one)
    story: Story = only_story(unit)
    with story.process() as process:
        assert process.run(unit.reads.later(World(story, 1))).value == (["mine"], ["disk-7"])
        assert process.run(unit.writes.later(World(story, 1))).raised(AttributeError)
    one.close()
