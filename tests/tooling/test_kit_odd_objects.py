"""Parts for callers: objects that are known by their methods alone, and coroutines that nobody awaits."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from contextlib import closing
from textwrap import dedent

import pytest

from halfway.kit import NeverAwaited, OddObject, UndecidedObject, Unit, callers, only_story
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

ENGINE = dedent(
    """
    async def ring():
        return "rang"


    def forgets(work):
        ring()
        return "rang"


    def marks(work):
        work.was_here = True
        return "marked"
    """
)


@pytest.fixture(params=[Direct, Pipe])
def unit(request: pytest.FixtureRequest) -> Iterator[Unit]:
    """The same module over each kind of link."""
    with closing(request.param(ENGINE, "engine")) as link:
        yield Unit(link)


def test_an_odd_object_could_be_taken_for_anything() -> None:
    """It is false, no key, equal to all, nothing's less or more, a number, empty, and callable."""
    odd = OddObject()
    assert (bool(odd), odd == 7, odd < 7, odd >= 7, list(odd)) == (False, True, False, False, [])
    assert (range(5)[odd], int(odd), float(odd), odd("any") is odd) == (1, 1, 1.0, True)
    with pytest.raises(TypeError, match="unhashable"):
        hash(odd)


def test_an_undecided_object_says_neither_yes_nor_no() -> None:
    """Who asks it whether it is there, or whether it is what somebody looks for, is told nothing."""
    undecided = UndecidedObject()
    for asked in (bool, lambda each: each == 7, lambda each: each != 7, lambda each: each in [7, 8]):
        with pytest.raises(ValueError, match="this object"):
            asked(undecided)
    assert undecided is not None


class Work(OddObject):
    """What is handed to the engine."""

    __slots__ = ("name",)

    def __init__(self, name):
        self.name = name


def mark():
    """Who marks what is handed in: how this ends."""
    import weakref

    import engine

    ends = []
    for does in (engine.marks, weakref.ref):
        try:
            ends.append(does(Work("disk-7")))
        except (AttributeError, TypeError) as error:
            ends.append(type(error).__name__)
    return ends


def test_nobody_marks_an_odd_object_or_holds_it_weakly(unit: Unit) -> None:
    """It runs beside the learner's file, and takes no attribute that is not in its slots."""
    with only_story(unit).process():
        assert callers(unit, OddObject, Work, mark).mark() == ["AttributeError", "TypeError"]


def forget():
    """What was made by the engine and never awaited; and what of it somebody else hears."""
    import engine

    with NeverAwaited() as never_awaited:
        engine.forgets("disk-7")
    return never_awaited.names


def test_a_coroutine_that_nobody_awaited_is_named(unit: Unit) -> None:
    """By the last name of its function."""
    with only_story(unit).process():
        assert callers(unit, NeverAwaited, forget).forget() == ["ring"]


def test_what_python_warns_of_later_is_told_as_before() -> None:
    """How warnings are shown is as it was; and what was awaited, or warned of besides, is no coroutine."""

    async def ring() -> str:
        return "rang"

    shown = warnings.showwarning
    with NeverAwaited() as never_awaited:
        asyncio.run(ring())
        ring().close()
        warnings.warn("the disk is nearly full", stacklevel=1)
    assert (never_awaited.names, warnings.showwarning) == ([], shown)
