"""Tasks are the same in every run: their names, their order, whoever makes them; and none of it outlives its process."""

import asyncio
import gc
import sys
import weakref

import pytest
from kernel_cases import only_story, unit_of

from halfway.links.virtual import run

EAGER = pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 has no eager tasks")


def _names():
    async def named():
        return asyncio.current_task().get_name()

    async def main():
        first = await asyncio.create_task(named())
        own = await asyncio.create_task(named(), name="mine")
        return [asyncio.current_task().get_name(), first, own]

    return run(main())


def test_tasks_are_numbered_from_one_in_every_run():
    """The default name of a task is its number in its own run, and not in all runs of this process."""
    assert _names() == _names() == ["Task-1", "Task-2", "mine"]


def test_a_set_of_futures_has_the_order_of_the_program():
    """Futures, too, are found in a set in the same order in every run."""

    async def main():
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in range(8)]
        for future in futures:
            loop.call_later(1, future.set_result, None)
        done, _ = await asyncio.wait(futures)
        return [futures.index(future) for future in done]

    orders = set()
    junk = []
    for size in range(50):
        junk.append([object() for _ in range(size)])
        orders.add(tuple(run(main())))
    assert len(orders) == 1


def test_tasks_that_are_done_are_forgotten():
    """A long run with many tasks holds none that is over."""

    class Result:
        pass

    async def work():
        return Result()

    async def main():
        results = []
        for _ in range(5_000):
            results.append(weakref.ref(await asyncio.create_task(work())))
        gc.collect()
        return sum(result() is not None for result in results)

    assert run(main()) <= 2_500


def test_a_task_that_nobody_holds_is_gone_when_the_loop_lets_go():
    """The loop holds tasks until callers of a suite ask it not to; what somebody holds, or a timer, goes on."""

    async def waits():
        await asyncio.get_running_loop().create_future()

    async def main():
        loop = asyncio.get_running_loop()
        alone, timed = (
            weakref.ref(asyncio.create_task(waits())),
            weakref.ref(asyncio.create_task(asyncio.sleep(5))),
        )
        held = asyncio.create_task(waits())
        await asyncio.sleep(1)
        gc.collect()
        before = alone() is None
        loop.let_go()
        return [before, alone() is None, timed() is None, held.done(), len(loop.unfinished())]

    assert run(main()) == [False, True, False, False, 3]


@EAGER
def test_eager_tasks_run_as_far_as_they_can_at_once():
    """With asyncio's eager factory a task runs up to its first wait when it is made, here as on any loop."""

    async def main():
        log = []

        async def work(name):
            log.append(f"{name} begins")
            await asyncio.sleep(1)
            log.append(f"{name} ends")

        async def at_once():
            return "now"

        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        task = asyncio.create_task(work("a"))
        log.append("made")
        log.append(await asyncio.create_task(at_once()))
        await task
        return log, type(task).__name__

    assert run(main()) == (["a begins", "made", "now", "a ends"], "DeterministicTask")


OWN_FACTORY = """
    import asyncio

    async def work(factory):
        loop = asyncio.get_running_loop()
        if factory == "own":
            loop.set_task_factory(lambda loop, coro, **options: asyncio.Task(coro, loop=loop, **options))
        if factory == "eager":
            loop.set_task_factory(asyncio.eager_task_factory)
        loop.left = asyncio.create_task(asyncio.sleep(60))
"""


@pytest.mark.parametrize("factory", ["", "own", pytest.param("eager", marks=EAGER)])
def test_a_leaked_task_is_seen_whoever_made_it(factory):
    """A task that is left running is counted, also when the code under test brought a task factory of its own."""
    with unit_of(OWN_FACTORY) as unit, only_story(unit).process() as process:
        process.run(lambda: unit.work(factory))
        assert process.leaked == 1


KEEPS_ON_THE_LOOP = """
    import asyncio

    async def work():
        loop = asyncio.get_running_loop()
        before = [
            hasattr(loop, "mine"), loop.get_debug(), loop.get_task_factory().__name__,
            loop.get_exception_handler().__name__, asyncio.current_task().get_name(), loop.time(),
        ]
        loop.mine = True
        loop.set_debug(True)
        loop.set_task_factory(lambda loop, coro, **options: asyncio.Task(coro, loop=loop, **options))
        loop.set_exception_handler(lambda loop, context: None)
        loop.create_task(asyncio.sleep(10))
        return before
"""


def test_nothing_on_a_loop_reaches_the_next_process():
    """Settings, attributes, tasks and timers of a loop end with its process."""
    with unit_of(KEEPS_ON_THE_LOOP) as unit:
        story = only_story(unit)
        said = []
        for _ in range(3):
            with story.process():
                said.append(unit.work())
    assert said[0] == said[1] == said[2]
    assert said[0][:2] == [False, False]
    assert said[0][-2:] == ["Task-1", 0.0]


WAITS_FOR_EVER = """
    import asyncio

    async def work():
        before = len(asyncio.all_tasks())
        asyncio.kept.append(asyncio.create_task(asyncio.sleep(10)))
        return before
"""


def test_no_task_of_a_process_that_has_ended_is_among_all_tasks(monkeypatch):
    """A loop serves one process after the other, and who stops all tasks stops those of its own process."""
    monkeypatch.setattr(asyncio, "kept", [], raising=False)
    with unit_of(WAITS_FOR_EVER) as unit:
        story = only_story(unit)
        for _ in range(3):
            with story.process():
                assert unit.work() == 1
