"""Threads that the explorer switches: what may come between two steps, what waits, and what is refused."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from kernel_cases import RIGHT, rings_once, timeline_of

from halfway.kit import (
    CRASH,
    ORDER,
    CheckerFaultError,
    EveryStory,
    Lane,
    Port,
    TheirError,
    Unit,
    holds_a_thread,
)
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe

COUNTER = """
import threading
from contextlib import ExitStack, contextmanager
from functools import partial, wraps

def one():
    return 1

def locked(function):
    @wraps(function)
    def inner(self):
        with self.lock:
            function(self)
    return inner

class Counter:
    def __init__(self):
        self.n, self.lock = 0, threading.Lock()

    def plain(self):
        self.n += 1

    def called(self):
        self.n = self.n + one()

    def safe(self):
        with self.lock:
            self.n += one()

    @locked
    def decorated(self):
        self.n += one()

    @contextmanager
    def held(self):
        self.lock.acquire()
        try:
            yield self
        finally:
            self.lock.release()

    def managed(self):
        with self.held() as me:
            me.n += one()

    def by_lambda(self, hold=lambda self: self.lock.acquire()):
        hold(self)
        self.n += one()
        self.lock.release()

    def stacked(self):
        with ExitStack() as stack:
            stack.enter_context(self.held())
            stack.callback(self.adds)

    def adds(self):
        self.n += one()

    def ones(self):
        with self.lock:
            yield self.n

    def generated(self):
        for n in self.ones():
            self.n = n + 1

    def read(self):
        return self.n
"""
RACES, HOLDS = ("plain", "called"), ("safe", "decorated", "managed", "by_lambda", "stacked", "generated")


def told(source: str, scenario: Callable[..., Any], *, link: Any = Direct, depth: int = 1) -> list[Any]:
    """What the scenario saw in each story with up to so many switches, fewest first."""
    with closing(link(source, "pool")) as made:
        unit = Unit(made)
        return [story.seen for story in EveryStory(unit)(scenario, {ORDER}, depth=depth)]


def twice(name: str) -> Callable[..., Any]:
    """Two threads call the method of one counter."""

    def scenario(unit: Any, story: Any) -> Any:
        with story.process(in_threads=True) as process:
            counter = unit.Counter()
            process.threads(*(Lane(f"thread {n}", getattr(counter, name).later()) for n in (1, 2)))
            return counter.read()

    return scenario


@pytest.mark.parametrize("name", RACES)
def test_a_write_of_what_was_read_before_is_found(name: str) -> None:
    """Between the reading and the writing of a line another thread may have been there."""
    seen = told(COUNTER, twice(name))
    assert seen[0] == 2
    assert 1 in seen


@pytest.mark.parametrize("name", HOLDS)
def test_a_lock_that_is_held_keeps_others_out(name: str) -> None:
    """In a `with`, under a decorator, in a context manager, a lambda, a stack, and a generator."""
    assert set(told(COUNTER, twice(name), depth=3)) == {2}


def test_both_links_tell_the_same_stories() -> None:
    """As many, in the same order."""
    assert told(COUNTER, twice("called"), depth=2) == told(COUNTER, twice("called"), link=Pipe, depth=2)


ABBA = """
import threading

class Pair:
    def __init__(self):
        self.a, self.b = threading.Lock(), threading.Lock()

    def one(self):
        with self.a, self.b:
            pass

    def two(self):
        with self.b, self.a:
            pass
"""


def test_a_deadlock_says_who_waits_for_what() -> None:
    """Each thread that waits says for what, who has it, and in which line."""

    def both(unit: Any, story: Any) -> Any:
        with story.process(in_threads=True) as process:
            pair = unit.Pair()
            lanes = Lane("left", pair.one.later()), Lane("right", pair.two.later())
            process.threads(*lanes)
            return [end.value for lane in lanes for end in lane.ended if end.kind == "hung"]

    seen = told(ABBA, both)
    assert seen[0] == []
    assert [
        "it waits for a lock that right holds, in line 9",
        "it waits for a lock that left holds, in line 13",
    ] in seen


WAITS = """
import queue, threading, time

class Box:
    def __init__(self):
        self.jobs, self.changed = queue.Queue(1), threading.Condition()
        self.flag, self.places = threading.Event(), threading.BoundedSemaphore(1)

    def put_two(self):
        self.jobs.put(1)
        self.jobs.put(2)

    def get_two(self):
        return [self.jobs.get(), self.jobs.get()]

    def give_up(self):
        try:
            self.jobs.get(timeout=60)
        except queue.Empty:
            return "empty"

    def notified(self):
        with self.changed:
            return self.changed.wait(timeout=60)

    def notify(self):
        time.sleep(30)
        with self.changed:
            self.changed.notify_all()

    def spin(self):
        while not self.flag.is_set():
            pass

    def next_of_none(self):
        return next(iter([]))
"""


def ends_of(unit: Any, story: Any, *names: str) -> list[str]:
    """How calls of a box end that are made by a thread each, and when the last one did."""
    with story.process(in_threads=True) as process:
        box = unit.Box()
        lanes = [Lane(name, getattr(box, name).later()) for name in names]
        process.threads(*lanes)
        return [*(str(lane.ended[0]) for lane in lanes), f"{story.seconds:g} s"]


@pytest.mark.parametrize(
    ("names", "ends"),
    [
        (("put_two", "get_two"), ["returned None", "returned [1, 2]", "0 s"]),
        (("give_up",), ["returned 'empty'", "60 s"]),
        (("notified", "notify"), ["returned True", "returned None", "30 s"]),
        (("notified",), ["returned False", "60 s"]),
        (("next_of_none",), ["raised StopIteration", "0 s"]),
    ],
)
def test_who_waits_wakes_when_there_is_a_reason(names: tuple[str, ...], ends: list[str]) -> None:
    """Queues, conditions, timeouts and sleeps work in virtual time; an error comes out as it is."""
    assert told(WAITS, lambda unit, story: ends_of(unit, story, *names), depth=0) == [ends]


def test_a_thread_that_never_sleeps_is_told_so() -> None:
    """A loop that looks again and again ends the story, and does not keep the judge waiting."""
    ((end, _),) = told(WAITS, lambda unit, story: ends_of(unit, story, "spin"), depth=0)
    assert end == "never ended: it goes round and round without waiting for anything, in line 32"


def test_a_thread_that_makes_many_calls_does_not_spin() -> None:
    """So many steps are allowed to each call, however many a thread makes one after the other."""

    def many(unit: Any, story: Any) -> set[str]:
        with story.process(in_threads=True) as process:
            box = unit.Box()
            lane = Lane("one", *(box.put_two.later() for _ in range(400)))
            process.threads(lane, Lane("other", *(box.get_two.later() for _ in range(400))))
            return set(map(str, lane.ended))

    assert told(WAITS, many, depth=0) == [{"returned None"}]


@pytest.mark.parametrize(
    "line",
    ["from threading import Thread", "import threading; threading.Barrier(2)", "import concurrent.futures"],
)
def test_what_is_not_modelled_is_refused_by_name(line: str) -> None:
    """At the import or at its use, and with what there is in its place."""

    def begins(unit: Any, story: Any) -> Any:
        with story.process(in_threads=True):
            with pytest.raises(TheirError, match="is no tool of this exercise"):
                unit.Counter()
            return True

    assert told(f"{line}\n{COUNTER}", begins, depth=0) == [True]


def test_threads_have_names_of_their_own() -> None:
    """Two of one name would be one thread, so that is a fault of the suite."""

    def both(unit: Any, story: Any) -> Any:
        with story.process(in_threads=True) as process:
            counter = unit.Counter()
            with pytest.raises(CheckerFaultError, match="same name"):
                process.threads(Lane("one", counter.plain.later()), Lane("one", counter.plain.later()))
            return True

    assert told(COUNTER, both, depth=0) == [True]


def test_a_call_after_threads_is_no_thread() -> None:
    """Whose call it is ends with the threads: in the same interpreter a later program has a lane of its own."""

    def threads(unit: Any, every_story: EveryStory) -> None:
        for story in every_story({ORDER}):
            twice("safe")(unit, story)

    timeline_of(COUNTER, threads, "")
    after = timeline_of(RIGHT, rings_once({CRASH}), "")
    assert {event.who for event in after if event.what.startswith("ring(")} == {"your code"}


def test_a_lane_says_when_it_began() -> None:
    """The first at once, the other one when its time has come; a lane that has not begun says nothing."""

    def both(unit: Any, story: Any) -> Any:
        with story.process(in_threads=True) as process:
            counter = unit.Counter()
            calls = [getattr(counter, name).later() for name in ("plain", "safe", "called")]
            lanes = Lane("one", calls[0]), Lane("two", calls[1]), Lane("three", calls[2], after_s=3)
            before = [lane.begun_s for lane in lanes]
            process.threads(*lanes)
            return before, [lane.begun_s for lane in lanes]

    assert set(map(str, told(COUNTER, both, depth=1))) == {"([None, None, None], [0.0, 0.0, 3.0])"}


class Work(Port):
    """Takes a while."""

    @holds_a_thread
    def run(self, seconds: float) -> Any:
        yield seconds
        return seconds


def test_a_port_holds_the_thread_that_calls_it() -> None:
    """Others go on meanwhile; what ends in one moment is heard together."""
    source = (
        "class Worker:\n    def __init__(self, work): self.work = work\n"
        "    def run(self, seconds): return self.work.run(seconds)\n"
    )

    def three(unit: Any, story: Any) -> Any:
        ended: list[str] = []
        with story.process(in_threads=True) as process:
            worker = unit.Worker(Work(story))
            lanes = [Lane(name, worker.run.later(s)) for name, s in (("a", 2.0), ("b", 1.0), ("c", 2.0))]
            process.threads(*lanes, on_end=lambda lane, end: ended.append(f"{lane} {end.value:g}"))
        return ended, story.seconds

    seen = told(source, three)
    assert seen[0] == (["b 1", "c 2", "a 2"], 2.0)
    assert (["b 1", "a 2", "c 2"], 2.0) in seen


LOOKS = """
import threading

class Looks:
    def __init__(self):
        self.changed = threading.Condition()

    def again_and_again(self):
        with self.changed:
            while not self.changed.wait(timeout=60):
                pass

    def at_once(self):
        with self.changed:
            self.changed.notify_all()
"""


def test_who_comes_sooner_brings_those_that_come_later_along() -> None:
    """Where others only look at the clock, a year is cut short, and what is to come after it as much."""

    def both(unit: Any, story: Any) -> Any:
        with story.process(in_threads=True) as process:
            looks = unit.Looks()
            late, later = (Lane(f"after {s} s", looks.at_once.later(), after_s=s) for s in (1e7, 1e7 + 3))
            process.threads(Lane("a", looks.again_and_again.later()), late, later)
            return late.begun_s is not None and late.begun_s < 1e5, (later.begun_s or 0) - (late.begun_s or 0)

    with closing(Direct(LOOKS, "pool")) as link:
        assert [story.seen for story in EveryStory(Unit(link))(both, ())] == [(True, 3.0)]
