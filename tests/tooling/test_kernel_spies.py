"""Which clock, chance or sleep did the code itself call? Found under every name, with function and line."""

import time

import pytest
from kernel_cases import only_story, unit_of

from halfway.links.pipe import Pipe

IMPORTS = """
    import builtins, datetime, functools, inspect, linecache, os, pathlib, random, sqlite3, time, uuid
    from datetime import datetime as dt, date
    from random import Random, choice, uniform
    from time import monotonic as mono, sleep
    from uuid import uuid4 as make_id
    class Closed(sqlite3.Connection): __del__ = sqlite3.Connection.close
    DATABASE = sqlite3.connect(":memory:", factory=Closed)
"""

CALLS = {
    "time.time()": "time.time",
    "time.time_ns()": "time.time_ns",
    "mono()": "time.monotonic",
    "time.monotonic_ns()": "time.monotonic_ns",
    "time.perf_counter()": "time.perf_counter",
    "time.perf_counter_ns()": "time.perf_counter_ns",
    "time.sleep(1)": "time.sleep",
    "sleep(1)": "time.sleep",
    "datetime.datetime.now()": "datetime.now",
    "dt.now(datetime.timezone.utc)": "datetime.now",
    "dt.today()": "datetime.today",
    "date.today()": "date.today",
    "random.random()": "random.random",
    "random.uniform(0, 1)": "random.uniform",
    "uniform(0, 1)": "random.uniform",
    "choice([1])": "random.choice",
    "Random(1).random()": "random.random",
    "Random(1).uniform(0, 1)": "random.uniform",
    "Random(1).getrandbits(3)": "random.getrandbits",
    "os.urandom(1)": "os.urandom",
    "make_id()": "uuid.uuid4",
    "uuid.uuid1()": "uuid.uuid1",
    "hash('a')": "hash",
    "inspect.getsource(inspect)": "inspect.getsource",
    "linecache.getline(os.__file__, 1)": "linecache.getline",
    "os.stat(os.curdir)": "os.stat",
    "os.listdir(os.curdir)": "os.listdir",
    "open(os.devnull).close()": "open",
    "pathlib.Path(os.devnull).read_text()": "Path.read_text",
    "sqlite3.connect(':memory:', factory=Closed)": "sqlite3.connect",
    "DATABASE.execute('SELECT 1')": "sqlite3.execute",
    "(lambda: time.time())()": "time.time",
    "[time.time() for _ in [1]]": "time.time",
}
if hasattr(time, "clock_gettime"):
    CALLS |= {
        "time.clock_gettime(time.CLOCK_MONOTONIC)": "time.clock_gettime",
        "time.clock_gettime_ns(time.CLOCK_REALTIME)": "time.clock_gettime_ns",
        "time.process_time()": "time.process_time",
    }


def called(call, link=None):
    source = f"{IMPORTS}\n    def work():\n        x = 1\n        {call}\n"
    with unit_of(source, **({"link": link} if link else {})) as unit:
        with only_story(unit).process(watch=True) as process:
            unit.work()
            return process.calls


@pytest.mark.parametrize("call", CALLS)
def test_a_call_is_found_under_every_name(call):
    """However it was imported or aliased, and with the line on which it stands."""
    ((name, _, line),) = called(call)
    assert (name, line) == (CALLS[call], 12)


@pytest.mark.parametrize(
    "call",
    [
        "Random(1)",
        "len('a')",
        "[].append(1)",
        "dt(2026, 1, 5)",
        "datetime.timedelta(days=1)",
        "print",
        "os.getpid()",
        "{}.get(1)",
    ],
)
def test_other_calls_are_not_told(call):
    """What asks no clock and no chance is nobody's business."""
    assert called(call) == []


def test_over_a_pipe_the_same_is_seen():
    """The spy is where the learner's code is."""
    assert called("time.time()", Pipe) == called("time.time()")


def test_calls_are_told_with_their_function_and_once():
    """In coroutines and in methods, in their order; and only what the file itself calls, not what a library calls for it."""
    source = """
        import asyncio, random, time

        class Clock:
            def read(self):
                return time.time()

        async def work():
            Clock().read()
            await asyncio.sleep(1)
            random.shuffle([1, 2, 3])
            return time.monotonic()
    """
    with unit_of(source) as unit, only_story(unit).process(watch=True) as process:
        unit.work()
        assert process.calls == [
            ("time.time", "read", 6),
            ("random.shuffle", "work", 11),
            ("time.monotonic", "work", 12),
        ]
        unit.work()
        assert len(process.calls) == 6


def test_a_port_that_asks_a_clock_is_not_the_learners_code():
    """Nothing is told of a process that nobody watches, nor of the judge's own calls."""
    with (
        unit_of("import time\ndef work():\n    return time.time()\n") as unit,
        only_story(unit).process() as process,
    ):
        unit.work()
        assert process.calls == []


def test_after_a_watched_process_nobody_is_watched():
    """Watching ends with each call, whatever it raised."""
    source = """
        import time
        def work(fails):
            time.time()
            if fails:
                raise ValueError
    """
    with unit_of(source) as unit:
        story = only_story(unit)
        with story.process(watch=True) as process:
            process.run(lambda: unit.work(True))
            assert len(process.calls) == 1
        with story.process() as process:
            unit.work(False)
            assert process.calls == []
