"""Settings: what of loop, caller and process is another after a call, as a process of a story tells it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from textwrap import dedent

import pytest

from halfway.kit import Unit, only_story
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

ENGINE = dedent(
    """
    import asyncio
    import contextvars
    import decimal
    import gc
    import logging
    import os
    import sys
    import warnings

    COLOUR = contextvars.ContextVar("COLOUR")
    SIZE = contextvars.ContextVar("SIZE", default=1)


    async def numbers():
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)


    KEPT = []


    async def sets(what):
        loop = asyncio.get_running_loop()
        if what == "loop":
            loop.set_debug(True)
            loop.set_exception_handler(print)
            loop.set_task_factory(lambda loop, coro, **named: asyncio.Task(coro, loop=loop, **named))
        elif what == "limit":
            loop.slow_callback_duration = 5
        elif what == "exit":
            import atexit

            atexit.register(len, ())
        elif what == "ends":
            await loop.shutdown_asyncgens()
            await loop.shutdown_default_executor()
        elif what == "task":
            asyncio.current_task().set_name("export")
        elif what == "an attribute":
            asyncio.current_task().export = "incident"
        elif what == "a callback":
            asyncio.current_task().add_done_callback(print)
        elif what == "a callback that is taken away":
            asyncio.current_task().add_done_callback(print)
            await asyncio.sleep(1)
            asyncio.current_task().remove_done_callback(print)
        elif what == "logs":
            logging.getLogger("asyncio").disabled = True
            logging.getLogger().setLevel(10)
        elif what == "variables":
            COLOUR.set("red")
            SIZE.set(2)
        elif what == "variables, as they were":
            token = COLOUR.set("red")
            await asyncio.sleep(1)
            COLOUR.reset(token)
            SIZE.set(2 - 1)
            decimal.getcontext()
            logging.warning("a line")
        elif what == "a generator in the middle":
            async for number in numbers():
                break
        elif what == "a generator that is kept":
            KEPT.append(numbers())
            await anext(KEPT[0])
        elif what == "a generator at its end":
            async for number in numbers():
                pass
            async with contextlib_aclosing(numbers()) as some:
                await anext(some)
        elif what == "process":
            gc.disable()
            os.environ["EXPORT"] = "incident"
            sys.setrecursionlimit(sys.getrecursionlimit() + 100)
            warnings.simplefilter("ignore")
            sys.excepthook = print
        elif what == "signals":
            import signal

            signal.signal(signal.SIGTERM, lambda *given: None)
        elif what == "beside":
            before, loop.slow_callback_duration = loop.slow_callback_duration, 9
            await asyncio.sleep(1)
            loop.slow_callback_duration = before


    def contextlib_aclosing(thing):
        import contextlib

        return contextlib.aclosing(thing)
    """
)
SETTINGS = {
    "loop": ["the loop's handler of exceptions", "the loop's factory of tasks", "the loop's debug mode"],
    "limit": ["the loop's limit for slow callbacks"],
    "exit": ["what runs when the process ends"],
    "ends": ["the loop's executor, which is shut down", "the loop's generators, which are shut down"],
    "task": ["the name of the caller's task"],
    "an attribute": ["an attribute of the caller's task"],
    "a callback": ["what is called when the caller's task ends"],
    "a callback that is taken away": [],
    "logs": ["the log of asyncio", "the root of all logs"],
    "variables": ["the context variable COLOUR", "the context variable SIZE"],
    "variables, as they were": [],
    "a generator in the middle": ["an asynchronous generator, which is still open"],
    "a generator that is kept": ["an asynchronous generator, which is still open"],
    "a generator at its end": [],
    "process": [
        "the filters of warnings",
        "the environment",
        "the limit of recursion",
        "the collection of garbage",
        "who hears of errors that nobody catches",
    ],
    "beside": [],
    "nothing": [],
}


@pytest.fixture(params=[Direct, Pipe])
def unit(request: pytest.FixtureRequest) -> Iterator[Unit]:
    """The same module over each kind of link."""
    with closing(request.param(ENGINE, "engine")) as link:
        yield Unit(link)


@pytest.mark.parametrize("what", SETTINGS)
def test_each_setting_is_named_that_a_call_leaves_another(unit, what):
    """In one process after the other, and again in the next: what one left is put back, or is its own."""
    for _ in range(2):
        with only_story(unit).process(settings=True) as process:
            process.run(unit.sets.later("nothing"))
            assert process.changed == []
            process.run(unit.sets.later(what))
            assert process.changed == SETTINGS[what]
            process.run(unit.sets.later("nothing"))
            assert process.changed == []


def test_who_hears_of_signals_is_a_setting():
    """Where the learner's code runs in a main thread, it can take a signal for itself."""
    with closing(Direct(ENGINE, "engine")) as link:
        unit = Unit(link)
        for _ in range(2):
            with only_story(unit).process(settings=True) as process:
                process.run(unit.sets.later("signals"))
                assert process.changed == ["who hears of signals"]


def test_two_calls_that_overlap_put_back_what_they_found(unit):
    """Each puts back what it found: the second one puts back, for good, what the first one had set."""
    with only_story(unit).process(settings=True) as process:
        process.together(unit.sets.later("beside"), unit.sets.later("beside"))
        assert process.changed == ["the loop's limit for slow callbacks"]


def test_nobody_looks_where_no_suite_asks(unit):
    """Without `settings` nothing is compared, and nothing is told."""
    with only_story(unit).process() as process:
        process.run(unit.sets.later("limit"))
        assert process.changed == []
