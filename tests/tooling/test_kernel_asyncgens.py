"""Asynchronous generators, context variables, exception handlers: what else a loop does for its tasks, it does here."""

import asyncio

import pytest
from kernel_cases import Phone, only_story, unit_of

from halfway.links.virtual import run


def on(runner):
    """The log of a program that leaves a generator behind, then one that it closes."""
    log = []

    async def numbers(name):
        try:
            for number in range(9):
                yield number
                await asyncio.sleep(1)
        finally:
            await asyncio.sleep(0.25)
            log.append((name, asyncio.get_running_loop().time()))

    async def main():
        async for number in numbers("left behind"):
            if number == 2:
                break
        await asyncio.sleep(1)
        log.append("a second later")
        kept = numbers("left open")
        await anext(kept)
        log.append("the end")
        main.kept = kept

    runner(main())
    return log


def test_a_generator_that_is_left_behind_cleans_up():
    """When nobody holds it any more it is closed on its loop, and what is still open when the run ends is closed then."""
    assert on(run) == [("left behind", 2.25), "a second later", "the end", ("left open", 3.25)]


def test_in_a_simulated_process_it_cleans_up_as_well():
    """With ports in its clean-up, and told like everything else."""
    source = """
        import asyncio
        async def calls(phone):
            try:
                while True:
                    yield await phone.ring("k", "x")
            finally:
                await phone.ring("last", "y")
        async def work(phone):
            async for answer in calls(phone):
                break
            await asyncio.sleep(60)
            return answer
    """
    with unit_of(source) as unit:
        story = only_story(unit)
        phone = Phone(story)
        with story.process():
            assert unit.work(phone) == "accepted"
    assert [key for key, _ in phone.rang] == ["k", "last"]


def test_context_variables_belong_to_their_task():
    """A task sees what was set where it was made, and keeps what it sets to itself."""
    source = """
        import asyncio, contextvars
        who = contextvars.ContextVar("who", default="nobody")
        async def work():
            who.set("parent")
            async def child():
                seen = who.get()
                who.set("child")
                await asyncio.sleep(1)
                return seen, who.get()
            return await asyncio.create_task(child()), who.get()
        def seen():
            return who.get()
    """
    with unit_of(source) as unit, only_story(unit).process():
        assert unit.work() == (("parent", "child"), "parent")
        assert unit.seen() == "nobody"


def test_what_a_callback_raises_goes_to_the_exception_handler():
    """As on any loop: the task that waits goes on, and a handler that was set hears of it."""
    source = """
        import asyncio
        async def work(handled):
            loop, heard = asyncio.get_running_loop(), []
            if handled:
                loop.set_exception_handler(lambda loop, context: heard.append(repr(context["exception"])))
            loop.call_soon(lambda: 1 / 0)
            loop.call_later(1, lambda: {}["key"])
            await asyncio.sleep(2)
            return heard
    """
    with unit_of(source) as unit, only_story(unit).process():
        assert unit.work(True) == ["ZeroDivisionError('division by zero')", "KeyError('key')"]
    with unit_of(source) as unit, only_story(unit).process():
        assert unit.work(False) == []


def test_in_an_example_asyncio_logs_what_nobody_asked_for(caplog):
    """`run` tells a learner what asyncio would: a task whose error was never retrieved."""

    async def fails():
        raise ValueError("nobody asks")

    async def main():
        asyncio.create_task(fails())  # noqa: RUF006 - that nobody holds it is the point
        await asyncio.sleep(1)

    run(main())
    assert "Task exception was never retrieved" in caplog.text


@pytest.mark.parametrize("debug", [False, True])
def test_debug_mode_changes_nothing(debug):
    """A learner who turns it on sees the same."""

    async def main():
        asyncio.get_running_loop().set_debug(debug)
        await asyncio.gather(*[asyncio.sleep(1) for _ in range(3)])
        return asyncio.get_running_loop().time(), asyncio.get_running_loop().get_debug()

    assert run(main()) == (1.0, debug)
