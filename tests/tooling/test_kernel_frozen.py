"""The real clocks, frozen and coupled to virtual time: whatever a learner's code asks, it is the same time."""

import datetime
import random
import time

import pytest
from _pytest import timing
from kernel_cases import only_story, unit_of

from halfway.kit import Port, takes_time
from halfway.links.direct import Direct
from halfway.links.frozen import FrozenTime
from halfway.links.pipe import Pipe
from halfway.sim import EPOCH

BOTH = pytest.mark.parametrize("link", [Direct, Pipe])

ASKS = """
    import asyncio, datetime as d, time
    from datetime import datetime, timezone

    async def work(slow):
        began = time.time(), time.monotonic(), datetime.now(timezone.utc), asyncio.get_running_loop().time()
        await asyncio.sleep(3600)
        await slow.go(0.25)
        time.sleep(10)
        ended = time.time(), time.monotonic(), d.datetime.now(timezone.utc), asyncio.get_running_loop().time()
        passed = [b - a for a, b in zip(began, ended)]
        return [passed[0], passed[1], passed[2].total_seconds(), passed[3]]

    def now():
        return datetime.now(timezone.utc)

    def said(when):
        return when == now(), isinstance(when, datetime), when - now()
"""


class Slow(Port):
    """Takes its time."""

    @takes_time
    def go(self, seconds):
        yield seconds


@BOTH
def test_every_clock_tells_the_same_time(link):
    """time.time, time.monotonic, datetime.now and the loop agree, through sleeps, ports and blocking."""
    with unit_of(ASKS, link=link) as unit:
        story = only_story(unit)
        with story.process():
            assert unit.work(Slow(story)) == pytest.approx([3610.25] * 4)
            assert unit.now() == EPOCH + datetime.timedelta(seconds=3610.25)
        assert story.seconds == 3610.25


@BOTH
def test_each_story_begins_on_the_same_monday(link):
    """A new story begins at the same time, and so does each process in it: ten years after the one before.

    How that one has spent its time is nothing that this one could read.
    """
    with unit_of(ASKS, link=link) as unit:
        for _ in range(2):
            story = only_story(unit)
            with story.process():
                assert unit.now() == EPOCH
                unit.work(Slow(story))
            assert story.seconds == 3610.25
            with story.process():
                assert unit.now() == EPOCH + datetime.timedelta(days=3660)
                unit.work(Slow(story))
                assert unit.now() == EPOCH + datetime.timedelta(days=3660, seconds=3610.25)
            assert story.seconds == 2 * 3610.25


@BOTH
def test_a_time_of_theirs_is_a_plain_time(link):
    """What a frozen clock gives crosses as a datetime, and comes back as one."""
    with unit_of(ASKS, link=link) as unit:
        when = unit.now()
        assert type(when) is type(EPOCH)
        assert unit.said(when) == (True, True, datetime.timedelta(0))


def test_real_clocks_go_on_when_the_link_is_closed():
    """Nothing stays frozen, and nothing stays in the place of sleep."""
    sleep = time.sleep
    with unit_of(ASKS) as unit, unit_of(ASKS) as other:
        assert unit.now() == other.now() == EPOCH
    real = [time.time() for _ in range(1_000)]
    assert real[-1] > real[0]
    assert datetime.datetime.now(datetime.UTC).year >= 2024
    assert time.sleep is sleep


def test_how_long_a_test_took_is_measured_by_a_real_clock():
    """A test that began before the freeze may end within it, and took as long as it took."""
    began = timing.Instant()
    with unit_of(ASKS) as unit:
        unit.now()
        assert time.time() == EPOCH.timestamp()
        within = timing.Instant()
    assert began.perf_count < within.perf_count < timing.Instant().perf_count


def test_a_source_without_a_clock_freezes_nothing():
    """Freezing costs milliseconds, and most units need no clock."""
    with unit_of("def work():\n    return 1\n") as unit:
        before = time.perf_counter_ns()
        unit.work()
        assert time.perf_counter_ns() > before


CHANCE = """
    import random

    def draw():
        return [random.random(), random.randrange(1000)]
"""


@BOTH
def test_chance_is_the_same_in_every_telling_and_another_in_another_process(link):
    """The module's own chance begins anew with each process, with the same numbers for the same process of a story."""
    with unit_of(CHANCE, link=link) as unit:
        stories = []
        for _ in range(2):
            story, drawn = only_story(unit), []
            for _ in range(2):
                with story.process():
                    drawn.append((unit.draw(), unit.draw()))
            stories.append(drawn)
    assert stories[0] == stories[1]
    assert stories[0][0] != stories[0][1]


def test_the_chance_of_this_process_is_given_back():
    """Who draws numbers here does not notice that a learner's code drew some."""
    random.seed(7)
    expected = [random.random() for _ in range(3)]
    random.seed(7)
    seen = [random.random()]
    with unit_of(CHANCE) as unit:
        unit.draw()
    assert [*seen, random.random(), random.random()] == expected


def test_a_rehearsal_leaves_the_clocks_as_they_were():
    """Frozen once ahead, and thawed: the clocks are the real ones, and freeze again when somebody asks."""
    clocks = time.time, time.monotonic, time.perf_counter, datetime.datetime, datetime.date
    FrozenTime.rehearse()
    assert (time.time, time.monotonic, time.perf_counter, datetime.datetime, datetime.date) == clocks
    frozen = FrozenTime(EPOCH)
    frozen.start()
    try:
        assert time.time() == EPOCH.timestamp()
    finally:
        frozen.stop()
    assert time.time is clocks[0]
