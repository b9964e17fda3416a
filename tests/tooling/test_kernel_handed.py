"""What a suite hands in that is neither plain data nor a port: chance from a seed, errors and their classes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from textwrap import dedent

import pytest

from halfway.kit import Contract, Unit, only_story
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

ASKED = dedent(
    """
    import random


    def drawn(rng):
        return rng.random()


    def oddities(rng):
        try:
            state = rng.getstate()
        except TypeError as error:
            state = str(error)
        return [bool(rng), rng == 7, type(rng).__hash__ is None, state]


    def drawn_here():
        return random.random()


    def is_one(error, kinds):
        return isinstance(error, kinds)


    def told(error):
        cause, inside = error.__cause__, getattr(error, "exceptions", ())
        return [type(error).__name__, str(error), str(cause), [str(one) for one in inside]]
    """
)


@pytest.fixture(params=[Direct, Pipe])
def unit(request: pytest.FixtureRequest) -> Iterator[Unit]:
    """The same module over each kind of link."""
    with closing(request.param(ASKED, "asked")) as link:
        yield Unit(link)


def test_chance_is_handed_in_by_its_seed(unit):
    """A `random.Random` made on their side draws what one with its seed draws, and nobody else's."""
    with only_story(unit).process() as process:
        draws = [unit.drawn(process.rng(7)) for _ in range(2)]
    assert draws == [random.Random(7).random()] * 2


def test_odd_chance_draws_as_any_other(unit):
    """It is false, no key, equal to all and without a state, and draws what its seed says."""
    with only_story(unit).process() as process:
        rng = process.rng(7, is_odd=True)
        assert unit.drawn(rng) == random.Random(7).random()
        assert unit.oddities(rng) == [False, True, True, "this source of chance has no state"]


def test_the_chance_of_the_process_is_seeded_and_looked_at(unit):
    """Two calls in a process that was seeded anew draw alike; where its chance stands tells that one drew."""
    with only_story(unit).process() as process:
        draws, stood = [], []
        for _ in range(2):
            process.seed_chance(0)
            stood.append(process.chance)
            draws.append(unit.drawn_here())
        stood.append(process.chance)
    assert draws[0] == draws[1]
    assert stood[0] == stood[1] != stood[2]


def test_a_process_gives_back_the_chance_that_it_seeded():
    """Where judge and subject share an interpreter, the judge's own chance goes on as before."""
    with closing(Direct("def nothing(): pass", "asked")) as link:
        unit = Unit(link)
        before = random.getstate()
        with only_story(unit).process() as process:
            process.seed_chance(0)
        unit._end()
    assert random.getstate() == before


ONE_OF = {
    ("ConnectionResetError", ("ConnectionError",)): True,
    ("ReadTimeout(TimeoutError)", ("TimeoutError",)): True,
    ("ConnectionError(OSError)", ("ConnectionError",)): False,
    ("asyncio.CancelledError", ("BaseException",)): True,
    ("asyncio.CancelledError", ("Exception",)): False,
    ("concurrent.futures.CancelledError", ("Exception",)): True,
    ("ConnectionError", ()): False,
}


@pytest.mark.parametrize(("of", "kinds"), ONE_OF)
def test_errors_are_of_the_classes_that_they_are_named_by(unit, of, kinds):
    """Built-in, built on one, a namesake, or out of a module: each is what its name says, and no more."""
    with only_story(unit).process() as process:
        classes = tuple(map(process.error_class, kinds))
        assert unit.is_one(process.error(of, "no reply"), classes) is ONE_OF[of, kinds]


def test_an_error_holds_its_cause_and_its_members(unit):
    """An error comes with what it came from, and a group with what is in it."""
    with only_story(unit).process() as process:
        cut = process.error("ConnectionError", "cut off")
        group = process.error("ExceptionGroup", "two", cause=cut, inside=(cut, cut))
        assert unit.told(group)[1:] == ["two (2 sub-exceptions)", "cut off", ["cut off", "cut off"]]


STUB = """
class Policy:
    def __init__(self, cap: float = 60, on: tuple = (Exception,), *, rng=None): ...
"""
ONE_SIGNATURE = {
    "cap=60.0, on=(Exception,), *, rng=None": "",
    "cap=60, on=(Exception,), rng=None": "",
    "cap=60, on=Exception, *, rng=None": "",
    "*, cap=60, on=(Exception,), rng=None": "takes `cap` by keyword alone",
    "cap=60, on=(OSError,), *, rng=None": "has (OSError,) as the default of `on`",
    "cap=True, on=(Exception,), *, rng=None": "has True as the default of `cap`",
    "cap=60, on=(Exception,), rng=None, /": "takes `cap` by position alone",
    "cap=60, on=(Exception,)": "has no parameter `rng`",
    "cap=60, on=(Exception,), **named": "",
    "cap=60, *given, rng=None": "takes `on` by position alone",
    "cap=60, **named": "takes `on` by keyword alone",
    "rng=None, cap=60, on=(Exception,)": "takes `cap` in another place",
    "cap=60, on=(Exception,), *, rng": "has no default for `rng`",
}


@pytest.mark.parametrize(("parameters", "told"), ONE_SIGNATURE.items())
def test_a_signature_is_called_in_every_way_of_the_stub(parameters, told):
    """By keyword alone stays by keyword, or more; numbers and tuples of classes are compared as values."""
    written = f"class Policy:\n    def __init__(self, {parameters}): ..."
    with closing(Direct(written, "policy")) as link:
        contract = Contract.of(STUB)
        difference = contract.difference(Unit(link)._shapes(contract.names))
    if not told:
        assert difference is None
    else:
        assert difference is not None
        assert told in difference[0]
        assert "`def __init__(cap=60, on=(Exception,), *, rng=None)`" in difference[0]
