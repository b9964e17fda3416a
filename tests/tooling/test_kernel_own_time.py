"""Time and choices are the judge's: what a subject says of them is checked, and what it hides is not proved."""

import os
from contextlib import nullcontext

import pytest
from kernel_cases import Phone, unit_of

from halfway.kit import CRASH, ORDER, EveryStory, FoulError, UntoldError, only_story
from halfway.links import HASH_SEED, seed_elsewhere
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe
from halfway.sim import World
from halfway.sim.timeline import NS
from halfway.sim.world import EPOCH, HORIZON_NS, STARTS

BOTH = pytest.mark.parametrize("link", [Direct, Pipe])
SLEEPS = """
    import asyncio
    import time

    def spend(seconds):
        time.sleep(seconds)

    async def now():
        return asyncio.get_running_loop().time()

    def chance():
        import random
        return random.random()
"""


@BOTH
@pytest.mark.parametrize("seconds", [0.0, 0.0135, 1e6, 3e8])
def test_a_new_process_reads_nothing_of_how_the_last_one_spent_its_time(link, seconds):
    """By each of its clocks it begins at the same moment, however long, or by how little, that one slept."""
    with unit_of(SLEEPS + "\n    def wall():\n        return time.time()\n", link=link) as unit:
        story = only_story(unit)
        with story.process():
            unit.spend(seconds)
        with story.process():
            assert (unit.now(), unit.wall()) == (0.0, 1_767_603_600.0 + 3660 * 86_400)
        assert story.seconds == seconds


def test_under_a_secret_chance_tells_no_process_which_one_it_is():
    """In the open a process's chance is its number; under a secret it is a number that nobody can guess."""
    worlds = [World(secret=secret) for secret in ("", "one", "one", "two")]
    seeds = []
    for world in worlds:
        world.lives = 1
        seeds.append(world.start_of_process()[1])
    assert seeds[0] == 1
    assert seeds[1] == seeds[2] != seeds[3]
    assert min(seeds[1:]) > 1_000


def test_however_many_processes_a_story_has_each_begins_at_a_time_that_a_system_can_tell():
    """A system counts nanoseconds since 1970 in 64 bits, and a process may go on for ten years."""
    world, starts = World(), []
    for world.lives in range(1, 101):
        starts.append(world.start_of_process()[0])
    assert len(set(starts)) == STARTS
    assert (EPOCH.timestamp() * NS + max(starts) + HORIZON_NS) < 2**63


@BOTH
def test_a_wait_that_is_over_too_early_is_foul(link):
    """Only the judge's own clock ends a wait: a subject that says so before has said what none says."""
    hurries = """
        import sys
        subject = sys.modules["halfway.subject.subject"]
        given = subject.ours
        subject.ours = lambda *of: given(*of) | {"!wait": lambda seconds: None}

        def work():
            return 1
    """
    with unit_of(hurries, link=Pipe) as unit:
        story = only_story(unit)
        with story.process() as process:
            assert unit.work() == 1
            with pytest.raises(FoulError, match="a wait was over before it was"):
                process.wait(60)


PAIR = """
    import asyncio

    async def work(phone):
        await phone.ring("k", "disk-7")
"""
HIDES = """
    import sys
    _subject = sys.modules["halfway.subject.subject"].Subject
    _take = _subject._take_options

    def _take_options(self, options):
        _take(self, options)
        self._has_order = False

    _subject._take_options = _take_options
"""


@pytest.mark.parametrize(("source", "is_told"), [(PAIR, True), (PAIR + HIDES, False)])
def test_whoever_hides_the_order_of_two_calls_proves_nothing(source, is_told):
    """Two tasks that begin in one turn are a choice: where none is told, the search ends as not proved."""
    with unit_of(source, link=Pipe) as unit:
        told = 0
        with nullcontext() if is_told else pytest.raises(UntoldError) as hidden:
            for story in EveryStory(unit)({ORDER}):
                phone = Phone(story)
                with story.process() as process:
                    process.together(unit.work.later(phone), unit.work.later(phone))
                told += 1
        assert told > 1 if is_told else hidden.value.told == told


@BOTH
def test_one_call_alone_has_no_order_to_tell(link):
    """Where nothing is side by side nothing is hidden."""
    with unit_of(PAIR, link=link) as unit:
        for story in EveryStory(unit)({ORDER, CRASH}, depth=1):
            with story.process() as process:
                process.run(lambda: unit.work(Phone(story)))


def test_another_machine_never_hashes_as_this_one_does():
    """Whatever seed this process has, the other one has another."""
    assert seed_elsewhere(HASH_SEED) != HASH_SEED
    assert seed_elsewhere("0") == seed_elsewhere("random") == HASH_SEED
    source = "def key(name):\n    return hash(name)\n"
    with unit_of(source, link=lambda text, name: Pipe(text, name, hash_seed=HASH_SEED)) as unit:
        story = only_story(unit)
        with story.process():
            here = unit.key("disk-7")
        assert story.other_machine(lambda: unit.key("disk-7")) != here
    assert os.environ.get("PYTHONHASHSEED") != "0" or seed_elsewhere() == HASH_SEED
