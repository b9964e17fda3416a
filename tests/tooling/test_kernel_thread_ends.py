"""Errors in a thread: a StopIteration is one like any other, and a port raises what a library has."""

from __future__ import annotations

import queue
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from halfway.kit import ORDER, EveryStory, Lane, Port, Unit, holds_a_thread
from halfway.links.direct import Direct
from halfway.subject import stepping

ENDS = """
from contextlib import ExitStack

class Over(Exception):
    def __exit__(self, *problem):
        next(iter([]))

    def __enter__(self):
        return self

class NotBegun(Over):
    def __enter__(self):
        next(iter([]))

    def __exit__(self, *problem):
        pass

class Worker:
    def __init__(self, work): self.work = work

    def plain(self):
        try:
            self.work.end()
        except StopIteration:
            return "over"

    def by_lambda(self):
        return self.plain_of(lambda: self.work.end())

    def on_the_way_out(self):
        with ExitStack() as stack:
            stack.callback(self.work.end)

    def at_the_exit(self):
        with Over():
            pass

    def at_the_entry(self):
        with NotBegun():
            return "inside"

    def at_the_exit_of_an_error(self):
        try:
            with Over():
                raise KeyError
        except StopIteration as error:
            return "over, after a " + type(error.__context__).__name__

    def by_a_generator(self):
        return next((lambda: (yield "its first value"))())

    def dealt_with(self):
        with ExitStack() as stack:
            stack.push(lambda kind, *problem: kind is StopIteration)
            stack.callback(self.work.end)
        return "dealt with"

    def plain_of(self, end):
        try:
            end()
        except StopIteration:
            return "over"
"""


class Ends(Port):
    """Raises what no generator can raise."""

    raises = (Exception,)

    @holds_a_thread
    def end(self) -> Any:
        yield 1
        next(iter(()))


def told(scenario: Callable[..., Any]) -> list[Any]:
    """What the scenario saw with these methods, in a story without a switch."""
    with closing(Direct(ENDS, "pool")) as made:
        return [story.seen for story in EveryStory(Unit(made))(scenario, {ORDER}, depth=0)]


def test_a_stop_iteration_comes_out_of_every_call() -> None:
    """Of a port, a lambda, and on the way out of a `with`: it is an error like any other."""

    def each(unit: Any, story: Any) -> Any:
        with story.process(in_threads=True) as process:
            worker = unit.Worker(Ends(story))
            lanes = [Lane(name, getattr(worker, name).later()) for name in ends]
            process.threads(*lanes)
            return {lane.name: str(lane.ended[0]) for lane in lanes}

    raised = "raised StopIteration"
    ends = {
        "plain": "returned 'over'",
        "by_lambda": "returned 'over'",
        "on_the_way_out": raised,
        "at_the_entry": raised,
        "at_the_exit": raised,
        "at_the_exit_of_an_error": "returned 'over, after a KeyError'",
        "by_a_generator": "returned 'its first value'",
        "dealt_with": "returned 'dealt with'",
    }
    (seen,) = told(each)
    assert seen == ends


class AsFrom312:
    """The steps of a lambda, ended by a StopIteration that comes out as it is."""

    def __next__(self) -> None:
        raise StopIteration(7)


def test_the_end_of_a_lambda_is_no_error_of_its_own() -> None:
    """From Python 3.12 on both are a StopIteration: what a lambda gives says so, and is given."""

    def gives() -> Any:
        yield
        return stepping.Ended(7)

    for steps, is_raised in ((gives(), False), (AsFrom312(), True)):
        taken: Any = stepping._waits_of(steps)  # type: ignore[arg-type]
        with pytest.raises(StopIteration) as end:
            while True:
                next(taken)
        given = end.value.value
        assert (given.error.value if is_raised else given) == 7


FAILS = """
import queue

class Worker:
    def __init__(self, work):
        self.work, self.seen = work, []

    def run(self):
        for number in range(3):
            try:
                self.work.fail(number)
            except queue.Empty as error:
                self.seen.append(error)
            except Exception as error:
                self.seen.append([error])
        (first, *_), (second, *_) = self.seen[1:]
        return type(self.seen[0]).__name__, type(first).__name__, first is second
"""


class Fails(Port):
    """Fails with an error of the library's, and twice with the same one."""

    raises = (Exception,)

    @holds_a_thread
    def fail(self, number: int) -> Any:
        yield 1.0
        raise type("SameReply", (Exception,), {})("the same") if number else queue.Empty("of the job's own")


def test_a_port_raises_what_a_queue_raises_and_one_error_twice() -> None:
    """`queue.Empty` is the library's own, and of SameReply there is one object."""

    def fails(unit: Any, story: Any) -> Any:
        with story.process(in_threads=True) as process:
            lane = Lane("a", unit.Worker(Fails(story)).run.later())
            process.threads(lane)
            return lane.ended[0].value

    with closing(Direct(FAILS, "pool")) as link:
        assert [story.seen for story in EveryStory(Unit(link))(fails, ())] == [("Empty", "SameReply", True)]
