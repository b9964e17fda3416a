"""What is handed in to be called: a port that is called itself, in every shape, by callers who come later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from textwrap import dedent

import pytest

from halfway.kit import Contract, Port, Unit, only_story, ports, takes_time
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe
from halfway.prove.law_17_domain import domains_of

CALLS = dedent(
    """
    import asyncio


    class Door:
        async def call(self, operation):
            return await operation()

        async def stays(self):
            return asyncio.current_task().cancelling()
    """
)


class Order(BaseException):
    """An order to stop."""


class Operation(Port):
    """It is called itself, and ends as it is told to."""

    raises = (ConnectionError, Order, ports.StoppedInside)

    def __init__(self, story, error=None):
        super().__init__(story)
        self.error, self.heard = error, []

    @takes_time
    def __call__(self):
        try:
            yield 2.0
        except GeneratorExit:
            self.heard.append("dropped")
            raise
        if self.error is not None:
            raise self.error
        self.heard.append("asked")
        return "up"

    def at_once(self):
        raise ConnectionError("refused")

    @takes_time
    def leave(self):
        yield 3.0
        self.heard.append("left")


@pytest.fixture(params=[Direct, Pipe])
def unit(request: pytest.FixtureRequest) -> Iterator[Unit]:
    """A module over each kind of link."""
    with closing(request.param(CALLS, "door")) as link:
        yield Unit(link)


@pytest.mark.parametrize("shape", ["a function", "a partial", "a future", "an awaitable", "slow to leave"])
def test_an_operation_has_any_shape(unit, shape):
    """Each function calls the port, and gives its answer to whoever awaits it."""
    story = only_story(unit)
    with story.process() as process:
        end = process.run(unit.Door().call.later(process.operation(Operation(story), shape)))
    assert str(end) == "returned 'up'"
    assert story.seconds == 2.0


def test_a_port_that_is_called_itself_goes_by_its_lane(unit):
    """Nobody reads of `__call__`: what is told is the name of the port."""
    story = only_story(unit)
    with story.process() as process:
        process.run(unit.Door().call.later(Operation(story)))
    told = [event.what for event in story.timeline]
    assert any(line.startswith("operation()") for line in told)
    assert not any("__call__" in line for line in told)


def test_an_operation_fails_before_there_is_anything_to_await(unit):
    """What raises when it is called raises there."""
    story = only_story(unit)
    with story.process() as process:
        end = process.run(unit.Door().call.later(process.operation(Operation(story), "at once")))
    assert str(end) == "raised ConnectionError: refused"
    assert story.seconds == 0.0


@pytest.mark.parametrize(
    ("error", "told"),
    [(Order("stop"), "raised Order: stop"), (ports.StoppedInside(), "was cancelled")],
)
def test_what_is_no_exception_comes_out_of_a_port_as_well(unit, error, told):
    """A class of somebody's own on BaseException, and asyncio's cancel from inside, reach the caller."""
    story = only_story(unit)
    with story.process() as process:
        assert str(process.run(unit.Door().call.later(Operation(story, error)))) == told
        assert str(process.run(unit.Door().call.later(Operation(story)))) == "returned 'up'"


def test_a_caller_comes_later_and_gives_up(unit):
    """The call begins when its caller comes, and is cancelled when its caller has no more patience."""
    story = only_story(unit)
    with story.process() as process:
        door, heard = unit.Door(), [Operation(story), Operation(story)]
        first, second = (door.call.later(process.operation(one)) for one in heard)
        ends = process.together(process.after(5, first), process.after(1, second, patience=1))
    assert [end.in_a_word for end in ends] == ["returned", "raised"]
    assert ends[1].raised(TimeoutError)
    assert (story.seconds, heard[0].heard, heard[1].heard) == (7.0, ["asked"], ["dropped"])


def test_an_operation_may_be_slow_to_leave(unit):
    """Cancelled, it leaves when it is ready to, and its caller waits for that."""
    story = only_story(unit)
    with story.process() as process:
        operation = Operation(story)
        call = unit.Door().call.later(process.operation(operation, "slow to leave"))
        (end,) = process.together(process.after(0, call, patience=1))
    assert end.raised(TimeoutError)
    assert (story.seconds, operation.heard) == (4.0, ["dropped", "left"])


def test_each_call_apart_has_an_event_loop_of_its_own(unit):
    """One object is called in one loop after the other; what it raises is raised."""
    story = only_story(unit)
    with story.process() as process:
        door = unit.Door()
        ends = [
            process.apart(door.call.later(process.operation(Operation(story, error))))
            for error in (None, ConnectionError("down"), None)
        ]
    assert [str(end) for end in ends] == ["returned 'up'", "raised ConnectionError: down", "returned 'up'"]


def test_a_call_is_made_in_a_clean_up_where_that_is_asked_for(unit):
    """Its task was cancelled before, and the next one's was not."""
    with only_story(unit).process() as process:
        door = unit.Door()
        counts = [process.run(door.stays.later(), in_cleanup=asked).value for asked in (True, False)]
    assert counts == [1, 0]


def test_a_protocol_with_a_type_variable_is_no_class_of_the_contract():
    """What a stub tells of a port is nothing that a learner's file has to have."""
    stub = (
        'class Operation(Protocol[T]):\n    """size: an int of 1 or more."""\n\n    def __call__(self): ...\n'
    )
    assert Contract.of(stub).classes == {}
    assert domains_of(stub) == {}
