"""Generators of a program with threads: in a thread, and at once, they give what they give in Python."""

from contextlib import closing
from typing import Any

import pytest

from halfway.kit import EveryStory, Lane, Unit
from halfway.links.direct import Direct
from halfway.sim.world import ORDER

SOURCE = """
def numbers(count):
    heard = []
    for number in range(count):
        try:
            sent = yield number
        except ValueError as error:
            sent = str(error)
        heard.append(sent)
    return heard

def around(count):
    heard = yield from numbers(count)
    yield heard
    return len(heard)

def deep(count):
    if count:
        yield count
        rest = yield from deep(count - 1)
        return rest + count
    return 0

def total(count, gave):
    gave.append((yield from deep(count)))

def ask(make):
    made = make(3)
    said = [next(made), made.send("one"), made.throw(ValueError("two"))]
    try:
        said.append(made.send("three"))
        said.append(next(made))
    except StopIteration as end:
        said.append(["ends", end.value])
    return said

class Uses:
    def loops(self):
        return [number for number in around(2)], sum(deep(4)), list(map(str, deep(3)))

    def goes_on(self):
        got = []
        for number in around(2):
            got.append(number)
        return got

    def hears(self):
        return ask(numbers)

    def hears_within(self):
        return ask(around)

    def returns(self):
        gave = []
        return list(total(3, gave)), gave

    def passes_on(self):
        def one_by_one():
            sent = yield from iter("ab")
            sent = yield from (letter for letter in "cd")
            yield from numbers(2)
        return list(one_by_one()), [letter for letter in one_by_one()]

    def is_closed(self):
        seen = []
        def watch():
            try:
                yield from numbers(3)
            finally:
                seen.append("closed")
        made = watch()
        next(made)
        made.close()
        return seen, list(made)

    def unpacks(self):
        first, *rest = around(2)
        return first, rest, max(deep(3), default=0), next(iter(deep(0)), "none")
"""
NAMES = ["loops", "goes_on", "hears", "hears_within", "returns", "passes_on", "is_closed", "unpacks"]


def in_python(name: str) -> Any:
    names: dict[str, Any] = {}
    exec(SOURCE, names)
    return getattr(names["Uses"](), name)()


@pytest.mark.parametrize("name", NAMES)
def test_a_generator_gives_in_a_thread_what_it_gives_in_python(name: str) -> None:
    """Values, what is sent and thrown into it, what it returns, and its end: all of it as Python has it."""

    def scenario(unit: Any, story: Any) -> Any:
        with story.process(in_threads=True) as process:
            uses = unit.Uses()
            lanes = [Lane(f"thread {n}", getattr(uses, name).later()) for n in (1, 2)]
            process.threads(*lanes)
            return [str(end) for lane in lanes for end in lane.ended], getattr(uses, name)()

    with closing(Direct(SOURCE, "program")) as made:
        unit = Unit(made)
        stories = [story.seen for story in EveryStory(unit)(scenario, {ORDER}, depth=1)]
    wanted = in_python(name)
    assert stories
    assert {repr(story) for story in stories} == {repr(([f"returned {wanted!r}"] * 2, wanted))}


LAMBDAS = """
from queue import Queue
from threading import Condition

class Held(Queue[int]):
    pass

class Pool:
    def __init__(self):
        self.changed, self.all = Condition(), Held()
        self.ask = lambda: self.change(lambda: True, lambda: list(self.all.queue))

    def change(self, until, step):
        with self.changed:
            self.changed.wait_for(until)
            return step()

    def add(self):
        self.change(lambda: True, lambda: self.all.put(1))
        return self.ask()

    def look_inside(self):
        return self.all.mutex
"""


def test_a_lambda_that_makes_lambdas_may_wait_too() -> None:
    """It waits for a lock that another thread holds, as any other call does."""

    def scenario(unit: Any, story: Any) -> Any:
        with story.process(in_threads=True) as process:
            pool = unit.Pool()
            lanes = [Lane(f"thread {n}", pool.add.later()) for n in (1, 2)]
            process.threads(*lanes)
            return sorted(len(end.value) for lane in lanes for end in lane.ended)

    with closing(Direct(LAMBDAS, "program")) as made:
        stories = [story.seen for story in EveryStory(Unit(made))(scenario, {ORDER}, depth=2)]
    assert len(stories) > 2
    assert all(seen in ([1, 2], [2, 2]) for seen in stories)


def test_what_a_queue_has_inside_is_refused_by_name() -> None:
    """Whoever reaches for the lock of a queue is told to use one of their own."""

    def scenario(unit: Any, story: Any) -> Any:
        with story.process(in_threads=True) as process:
            lane = Lane("one", unit.Pool().look_inside.later())
            process.threads(lane)
            return str(lane.ended[0])

    with closing(Direct(LAMBDAS, "program")) as made:
        (story,) = EveryStory(Unit(made))(scenario, {ORDER}, depth=0)
    assert "no mutex in this exercise" in story.seen
