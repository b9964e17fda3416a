"""time.sleep, asyncio.run and executors in simulated code: virtual time, told as what it is, and never a real wait."""

import asyncio
import threading
import time

import pytest
from kernel_cases import EveryStory, Phone, only_story, unit_of

from halfway.kit import CANCEL, Port, run, takes_time, tried
from halfway.links.pipe import Pipe
from halfway.sim import parse_replay


@pytest.fixture(autouse=True)
def no_real_waiting(monkeypatch):
    """A real sleep in one of these tests fails it at once."""

    def wakes(seconds):
        raise AssertionError(f"it really slept for {seconds} s")

    monkeypatch.setattr("halfway.subject.standins._real_sleep", wakes)


BLOCKS = """
    import asyncio, time
    from time import sleep

    time.sleep(5)

    def work():
        time.sleep(1.5)
        sleep(0.5)
        return "slept"

    async def beats(naps):
        loop, log = asyncio.get_running_loop(), []
        began = loop.time()

        async def heart():
            for beat in range(4):
                await asyncio.sleep(1)
                log.append(loop.time() - began - beat - 1)

        async def blocks():
            await asyncio.sleep(1.5)
            time.sleep(naps)

        await asyncio.gather(heart(), blocks())
        return log

    async def aside():
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.gather(asyncio.to_thread(time.sleep, 3), loop.run_in_executor(None, time.sleep, 2))
        return loop.time() - began

    def forever(seconds):
        time.sleep(seconds)
"""


def test_a_blocking_sleep_takes_virtual_time_and_is_told():
    """In a module, in a function and under an alias, with the line; the process stands still for it."""
    with unit_of(BLOCKS) as unit:
        story = only_story(unit)
        with story.process():
            assert unit.work() == "slept"
        assert story.seconds == 7.0
        assert [event.what for event in story.timeline if "BLOCKED" in event.what] == [
            "BLOCKED for 5 s in <module>, line 5",
            "BLOCKED for 1.5 s in work, line 8",
            "BLOCKED for 0.5 s in work, line 9",
        ]


def test_what_is_blocked_comes_late():
    """While one task sleeps the wrong way, the others do not run: their timers fire when it is over."""
    with unit_of(BLOCKS) as unit, only_story(unit).process():
        unit.work()
        assert unit.beats(3) == pytest.approx([0, 2.5, 2.5, 2.5])


def test_a_sleep_in_a_thread_blocks_nobody():
    """to_thread and executors run in line; the time that a job sleeps passes before its result, for it alone."""
    with unit_of(BLOCKS) as unit:
        story = only_story(unit)
        with story.process():
            assert unit.aside() == 3.0
        assert not any("line 29" in event.what for event in story.timeline)


@pytest.mark.parametrize("seconds", [1e300, float("inf")])
def test_a_sleep_without_end_is_told_as_that(seconds):
    """Ten years are the end of every story."""
    with unit_of(BLOCKS) as unit:
        assert (
            str(tried(lambda: unit.forever(seconds)))
            == "never ended: ten years of virtual time passed and it has not ended"
        )


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_a_sleep_of_less_than_nothing_is_a_value_error(seconds):
    """As for the real one."""
    with unit_of(BLOCKS) as unit:
        assert "non-negative" in str(tried(lambda: unit.forever(seconds)))


RUNS = """
    import asyncio

    async def call(phone, log):
        try:
            log.append(await phone.ring("k", "disk-7"))
            await asyncio.sleep(60)
            return asyncio.get_running_loop().time()
        finally:
            log.append("cleaned up")

    def by_run(phone):
        log = []
        return asyncio.run(call(phone, log)), log

    def twice(phone):
        return by_run(phone), by_run(phone)

    def by_runner(phone):
        log = []
        with asyncio.Runner() as runner:
            return runner.run(call(phone, log)), log

    def by_hand(phone):
        log, loop = [], asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            return asyncio.get_event_loop().run_until_complete(call(phone, log)), log
        finally:
            loop.close()

    async def inside(phone):
        coro = call(phone, [])
        try:
            asyncio.run(coro)
        except RuntimeError as error:
            return str(error)
        finally:
            coro.close()

    def waits():
        asyncio.run(asyncio.Event().wait())

    def elsewhere(phone):
        loop = asyncio.SelectorEventLoop()
        try:
            return loop.run_until_complete(phone.ring("k", "x"))
        finally:
            loop.close()
"""


@pytest.mark.parametrize("name", ["by_run", "by_runner", "by_hand"])
def test_a_loop_of_their_own_runs_in_virtual_time(name):
    """asyncio.run in synchronous code works, with ports, and a minute takes no time."""
    with unit_of(RUNS) as unit:
        story = only_story(unit)
        phone = Phone(story)
        with story.process():
            assert getattr(unit, name)(phone) == (62.0, ["accepted", "cleaned up"])
        assert story.seconds == 62.0


def test_one_loop_after_the_other_goes_on_where_the_story_is():
    """A second asyncio.run begins at the time at which the first ended."""
    with unit_of(RUNS) as unit:
        story = only_story(unit)
        with story.process():
            assert [seconds for seconds, _ in unit.twice(Phone(story))] == [62.0, 124.0]


def test_over_a_pipe_their_own_loop_works_the_same():
    """By the same messages."""
    with unit_of(RUNS, link=Pipe) as unit:
        story = only_story(unit)
        with story.process():
            assert unit.by_run(Phone(story))[0] == 62.0


def test_a_loop_inside_a_loop_is_the_learners_own_mistake():
    """As with asyncio's own loops."""
    with unit_of(RUNS) as unit:
        story = only_story(unit)
        with story.process():
            assert unit.inside(Phone(story)) == "asyncio.run() cannot be called from a running event loop"


def test_their_own_loop_is_cancelled_and_hangs_like_any_other():
    """A cancel reaches what it runs, and a wait for nothing is told."""
    with unit_of(RUNS) as unit:
        assert tried(unit.waits).kind == "hung"
        (story,) = EveryStory(unit, only=parse_replay("sleep~1~cancelled"))({CANCEL})
        with story.process() as process:
            assert process.run(lambda: unit.by_run(Phone(story))).kind == "cancelled"
        assert story.cancelled == 1


def test_a_port_on_a_foreign_loop_is_refused_in_words():
    """It would never be answered there."""
    with unit_of(RUNS) as unit:
        story = only_story(unit)
        with story.process():
            assert "from outside the simulation" in tried(lambda: unit.elsewhere(Phone(story))).error.said


class Desk(Port):
    """Answers at once."""

    def ask(self):
        return 1

    @takes_time
    def ask_slowly(self):
        yield 1.0
        return 1


def test_there_is_no_network():
    """Whoever tries is told by name what to use instead."""
    source = """
        import asyncio
        async def work():
            for opens in (asyncio.open_connection("localhost", 80), asyncio.start_server(print, "localhost", 80)):
                try:
                    await opens
                except RuntimeError as error:
                    yielded = str(error)
            return yielded
    """
    with unit_of(source) as unit:
        assert unit.work() == "there is no network in a simulation; call a port instead"


def test_run_is_asyncio_run_in_virtual_time():
    """What examples use: an hour takes no time, time.sleep neither, and inside another loop it works as well."""

    async def work():
        await asyncio.sleep(3600)
        time.sleep(60)
        await asyncio.to_thread(time.sleep, 5)
        return asyncio.get_running_loop().time()

    async def outer():
        return run(work()), asyncio.current_task() is not None, asyncio.get_running_loop() is loop

    assert run(work()) == 3665.0
    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(outer()) == (3665.0, True, True)
    loop.close()


def test_run_takes_a_coroutine():
    """And says so when it is given the function."""

    async def main():
        return 1

    with pytest.raises(ValueError, match=r"run\(main\(\)\)"):
        run(main)


def test_when_it_is_over_the_real_things_are_back():
    """time.sleep and the loops that asyncio makes are what they were."""
    sleep, policy = time.sleep, asyncio.get_event_loop_policy()
    with unit_of(RUNS) as unit:
        tried(unit.waits)
        assert time.sleep is sleep
    assert asyncio.get_event_loop_policy() is policy
    assert threading.active_count() >= 1


def test_there_is_no_event_loop_in_another_thread():
    """An `asyncio.run` in a thread is refused by name: no cancel would reach what it waits for."""
    source = """
        import asyncio
        async def inner(phone):
            return await phone.ring("k", "disk-7")
        async def work(phone):
            waiting = inner(phone)
            try:
                return await asyncio.to_thread(asyncio.run, waiting)
            finally:
                waiting.close()
    """
    with unit_of(source) as unit:
        story = only_story(unit)
        with story.process() as process:
            end = process.run(lambda: unit.work(Phone(story)))
    assert str(end).startswith("raised RuntimeError: there is no event loop in a thread of a simulation")
