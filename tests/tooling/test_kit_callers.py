"""Callers: code of a suite that runs where the learner's file runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from textwrap import dedent

import pytest

from halfway.kit import CANCEL, EveryStory, Port, Unit, callers, odd_errors, only_story, takes_time
from halfway.kit.callers import source_of
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

ENGINE = dedent(
    """
    import asyncio

    KEPT = []


    async def twice(work):
        await work()
        await asyncio.sleep(10)
        return await work()


    async def keeps(work):
        KEPT.append(work)
        return len(KEPT)


    async def stops_early():
        async for number in _numbers():
            return number


    async def _numbers():
        while True:
            yield 1
            await asyncio.sleep(1)


    async def in_threads(count, seconds):
        import time

        await asyncio.gather(*(asyncio.to_thread(time.sleep, seconds) for _ in range(count)))
    """
)


class Bell(Port):
    """Remembers when it was rung."""

    for_callers = True

    def __init__(self, story):
        super().__init__(story)
        self.rung = []

    @takes_time
    def ring(self, which: str):
        yield 1.0
        self.rung.append((which, self.world.seconds))
        return which


class Ringing:
    """A function of somebody's own, which is false."""

    def __init__(self, bell):
        self.bell, self.calls = bell, 0

    def __len__(self):
        return 0

    async def __call__(self):
        self.calls += 1
        return await self.bell.ring(f"call {self.calls}")


async def ring_twice(bell):
    """Hand it to the engine."""
    import engine

    work = Ringing(bell)
    return await engine.twice(work), work.calls


class Careless:
    """Keeps things in its class, as a careless suite does."""

    things: list = []  # noqa: RUF012 - that is what is careless


def keep(thing):
    """Keep a thing, and say how many there are."""
    Careless.things.append(thing)
    return len(Careless.things)


@pytest.fixture(params=[Direct, Pipe])
def unit(request: pytest.FixtureRequest) -> Iterator[Unit]:
    """The same module over each kind of link."""
    with closing(request.param(ENGINE, "engine")) as link:
        yield Unit(link)


def test_callers_hand_in_what_no_port_can_be(unit):
    """A callable of the suite's own reaches the learner's code, and what it calls is seen by a port."""
    story = only_story(unit)
    bell = Bell(story)
    with story.process() as process:
        end = process.run(callers(unit, Ringing, ring_twice).ring_twice.later(bell))
    assert end.value == ("call 2", 2)
    assert bell.rung == [("call 1", 1.0), ("call 2", 12.0)]


def test_callers_are_stopped_like_everybody(unit):
    """A call of callers is cancelled wherever it waits: in a port, and in the learner's own sleep."""
    ends = set()
    for story in EveryStory(unit)({CANCEL}, depth=1):
        bell = Bell(story)
        with story.process() as process:
            end = process.run(callers(unit, Ringing, ring_twice).ring_twice.later(bell))
        ends.add((end.kind, len(bell.rung)))
    assert {("returned", 2), ("cancelled", 0), ("cancelled", 1)} <= ends


def test_a_module_of_callers_is_as_good_as_new(unit):
    """What callers keep in one process is not there in the next one."""
    counts = []
    for _ in range(2):
        with only_story(unit).process():
            module = callers(unit, Careless, keep)
            counts.append([module.keep(1) for _ in range(2)])
    assert counts == [[1, 2], [1, 2]]


def test_what_a_suite_did_not_write_at_the_top_is_refused():
    """A function inside another one has no source of its own."""

    def inner():
        """Lie inside."""

    with pytest.raises(TypeError, match="inner is no top-level function"):
        source_of(ring_twice, inner)


def test_a_part_of_ours_is_in_the_folder_that_a_page_has_as_text():
    """Who hands in another class of the kit is told at once, and not by a page alone."""
    assert "def odd_errors(" in source_of(odd_errors)
    with pytest.raises(TypeError, match="Port is for callers and has to be in a file of kit/for_callers"):
        source_of(ring_twice, Port)


def test_what_ends_by_itself_at_once_is_not_left(unit):
    """An asynchronous generator that is left half way is closed in the same instant, and no year goes by."""
    story = only_story(unit)
    with story.process() as process:
        assert process.run(unit.stops_early.later()).value == 1
        assert story.seconds < 1
    assert not story.findings


def test_there_are_so_many_threads_and_no_more(unit):
    """Thirty-two jobs sleep side by side in threads, and the thirty-third waits for one of them."""
    took = []
    for count in (32, 33):
        story = only_story(unit)
        with story.process():
            unit.in_threads(count, 60)
            took.append(story.seconds)
    assert took == [60.0, 120.0]


def test_what_is_untold_is_looked_at_and_no_part_of_what_is_told():
    """A search goes on in processes of its own; the story is told without them, and counts without them."""
    with closing(Direct("def twice(number):\n    return 2 * number\n", "engine")) as link:
        unit = Unit(link)
        story = only_story(unit)
        with story.untold(), story.process():
            story.world.tell("caller", "searches")
            found = unit.twice(21)
        with story.process():
            story.world.tell("caller", "has found it")
    assert found == 42
    assert [event.what for event in story.timeline] == ["process 1 starts", "has found it"]
