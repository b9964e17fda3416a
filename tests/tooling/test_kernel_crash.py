"""A process that is killed is dead: whatever its code catches, keeps or holds, and whatever it had under way."""

import gc
import warnings

import pytest
from kernel_cases import EveryStory, Phone, Store, only_story, unit_of

from halfway.kit import CANCEL, CRASH, NotPlainError, Port, TheirError
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe
from halfway.sim import parse_replay

BOTH = pytest.mark.parametrize("link", [Direct, Pipe])

STUBBORN = """
    import asyncio

    async def work(phone, store):
        for attempt in range(5):
            try:
                await phone.ring(f"k{attempt}", "disk-7")
                store.put(f"row {attempt}", 1)
            except BaseException:
                pass
            finally:
                try:
                    store.put("finally", attempt)
                except BaseException:
                    pass
        return "done"

    def work_at_once(phone, store):
        while True:
            try:
                store.put("row", 1)
                return "done"
            except BaseException:
                try:
                    store.put("finally", 1)
                except BaseException:
                    return "nothing happened"
"""


@BOTH
@pytest.mark.parametrize(
    ("name", "replay", "rang", "rows"),
    [
        ("work", "ring~1~killed", 0, {}),
        ("work", "ring~2~killed", 1, {}),
        ("work", "put~1~killed-before-it", 1, {}),
        ("work", "put~1~killed-after-it", 1, {"row 0": 1}),
        ("work_at_once", "put~1~killed-before-it", 0, {}),
        ("work_at_once", "put~1~killed-after-it", 0, {"row": 1}),
    ],
)
def test_a_crash_ends_a_process_whatever_its_code_catches(link, name, replay, rang, rows):
    """Not one effect comes after it, over either link, and the call is told as crashed."""
    with unit_of(STUBBORN, link=link) as unit:
        (story,) = EveryStory(unit, only=parse_replay(replay))({CRASH})
        phone, store = Phone(story), Store(story)
        with story.process() as process:
            end = process.run(lambda: getattr(unit, name)(phone, store))
        assert (end.kind, process.crashed) == ("crashed", True)
        assert (len(phone.rang), store.rows) == (rang, rows)


@BOTH
def test_what_comes_after_the_crash_in_a_with_block_is_not_reached(link):
    """A call outside of `run` leaves the block quietly; the next process begins."""
    with unit_of(STUBBORN, link=link) as unit:
        (story,) = EveryStory(unit, only=parse_replay("put~1~killed-before-it"))({CRASH})
        phone, store, reached = Phone(story), Store(story), []
        with story.process() as process:
            unit.work_at_once(phone, store)
            reached.append("after the crash")
        assert process.crashed
        assert reached == []
        story.world.on = False
        with story.process() as process:
            assert unit.work_at_once(phone, store) == "done"
        assert not process.crashed


@BOTH
def test_what_a_dead_process_had_under_way_never_happens(link):
    """A request that was on its way when its process ended does not arrive in the time of the next one."""
    source = """
        import asyncio
        async def sends(phone):
            asyncio.ensure_future(phone.ring("k", "disk-7"))
            await asyncio.sleep(0)
        async def waits():
            await asyncio.sleep(60)
    """
    with unit_of(source, link=link) as unit:
        story = only_story(unit)
        phone = Phone(story)
        with story.process():
            unit.sends(phone)
        with story.process():
            unit.waits()
        assert (story.seconds, phone.rang) == (60.0, [])


@BOTH
def test_a_process_that_lives_on_finishes_what_it_left_running(link):
    """While nothing ends it, what a call left behind goes on as time passes."""
    source = """
        import asyncio
        async def sends(phone):
            asyncio.ensure_future(phone.ring("k", "disk-7"))
    """
    with unit_of(source, link=link) as unit:
        story = only_story(unit)
        phone = Phone(story)
        with story.process() as process:
            unit.sends(phone)
            assert (phone.rang, process.leaked) == ([], 1)
            process.wait(60)
            assert (len(phone.rang), process.leaked, story.seconds) == (1, 0, 60.0)


@BOTH
def test_ports_and_objects_of_a_dead_process_are_dead(link):
    """An object of theirs that lived on cannot use its ports; and a suite cannot use the object."""
    source = """
        import sys
        class Worker:
            def __init__(self, store):
                self.store = store
            def write(self):
                self.store.put("row", 1)
        def make(store):
            sys.kept = Worker(store)
            return sys.kept
        def use():
            sys.kept.write()
        async def use_later():
            sys.kept.write()
    """
    with unit_of(source, link=link) as unit:
        story = only_story(unit)
        store = Store(story)
        with story.process():
            worker = unit.make(store)
            worker.write()
        store.rows.clear()
        with story.process() as process:
            for use in (unit.use, unit.use_later):
                with pytest.raises(TheirError, match="given to a process that has ended"):
                    use()
            with pytest.raises(NotPlainError, match="which ended with its process"):
                worker.write()
            assert not process.crashed
        assert store.rows == {}


def test_a_process_ends_without_a_word():
    """Tasks, coroutines and generators that are left, even those that refuse to end, warn nobody and run nothing."""
    source = """
        import asyncio
        async def clings(store):
            while True:
                try:
                    await asyncio.sleep(1)
                except BaseException:
                    pass
        async def generates(store):
            try:
                while True:
                    yield 1
                    await asyncio.sleep(1)
            finally:
                store.put("generator", 1)
                await asyncio.sleep(1)
        async def consumes(store):
            async for _ in generates(store):
                pass
        async def fails():
            raise ValueError
        async def work(phone, store):
            tasks = [asyncio.create_task(t) for t in (clings(store), consumes(store), phone.ring("k", "x"), fails())]
            async with asyncio.timeout(4):
                await asyncio.gather(asyncio.Event().wait(), return_exceptions=True)
    """
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with unit_of(source) as unit:
            for story in EveryStory(unit)({CRASH, CANCEL}, depth=1):
                store = Store(story)
                with story.process() as process:
                    process.run(lambda: unit.work(Phone(story), store))
                assert process.crashed is ("killed" in story.replay)
                assert store.rows == {}
        gc.collect()
    assert [str(warning.message) for warning in told] == []


def test_a_cancel_that_is_swallowed_before_a_wait_without_end_is_told_as_hung():
    """A call that takes its cancel and then waits for nothing never ends, and that is told, not a fault of ours."""
    source = """
        import asyncio
        async def work(phone):
            try:
                await phone.ring("k", "x")
            except asyncio.CancelledError:
                await asyncio.Event().wait()
    """
    with unit_of(source) as unit:
        (story,) = EveryStory(unit, only=parse_replay("ring~1~cancelled"))({CANCEL})
        with story.process() as process:
            assert process.run(lambda: unit.work(Phone(story))).kind == "hung"


def test_together_with_a_call_that_ends_the_others_have_their_own_ends():
    """Of calls made together each has its own outcome, also when one of them waits for ever or leaves the process."""
    source = """
        import asyncio, sys
        async def returns(phone):
            await phone.ring("k", "x")
            return 1
        async def waits():
            await asyncio.Event().wait()
        async def leaves():
            await asyncio.sleep(1)
            sys.exit(3)
        def at_once():
            return 2
    """
    with unit_of(source) as unit:
        story = only_story(unit)
        with story.process() as process:
            ends = process.together(
                unit.returns.later(Phone(story)), unit.waits.later(), unit.at_once.later()
            )
        assert [str(end).split(":")[0] for end in ends] == ["returned 1", "never ended", "returned 2"]
        story = only_story(unit)
        with story.process() as process:
            ends = process.together(unit.returns.later(Phone(story)), unit.leaves.later())
        assert [end.kind for end in ends] == ["raised", "raised"]
        assert ends[1].raised(SystemExit)


def test_each_call_of_several_is_cancelled_in_its_own_stories():
    """With two calls under way there are stories in which the first is cancelled, and others for the second."""
    source = """
        async def work(phone, key):
            await phone.ring(key, "x")
            return key
    """
    seen = {}
    with unit_of(source) as unit:
        for story in EveryStory(unit)({CANCEL}, depth=1):
            phone = Phone(story)
            with story.process() as process:
                ends = process.together(unit.work.later(phone, "a"), unit.work.later(phone, "b"))
            seen[story.replay] = [end.kind for end in ends]
    assert seen[""] == ["returned", "returned"]
    assert seen["ring~1~cancelled"] == ["cancelled", "returned"]
    assert seen["ring~1~cancelled-call-2"] == ["returned", "cancelled"]
    assert seen["ring-answers~1~cancelled-call-2"] == ["returned", "cancelled"]


class Shelf(Port):
    """A port of a kind that no process has seen before the crash."""

    def size(self):
        return 3


@BOTH
def test_what_is_packed_for_the_dead_is_told_to_the_living(link):
    """A kind of port that was first given to a process that was dead already is told to the next one."""
    with unit_of("def size(shelf):\n    return shelf.size()\n", link=link) as unit:
        story = only_story(unit)
        with story.process() as process:
            process.life.dead = True
            unit.size(Shelf(story))
        assert process.crashed
        with story.process():
            assert unit.size(Shelf(story)) == 3
