"""A unit to predict: the given program runs in the judge, and a right forecast shows its story, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from halfway.grading.verdict import PromiseResult, Verdict
from halfway.kit import (
    NO_STORY,
    CheckerFaultError,
    Contract,
    Port,
    Shown,
    Unit,
    every_end,
    given,
    is_as_given,
    line_that_differs,
    show,
)
from halfway.links.direct import Direct
from halfway.render.text import verdict_text

STUB = '''
class Failed(Exception):
    """A call failed."""


def twice(phone):
    """Call twice at most."""
    for _ in range(2):
        try:
            return phone.ring()
        except Failed:
            continue


def rings(plan: str) -> list[int]:
    raise NotImplementedError
'''


class Phone(Port):
    """It rings, and its answer may be lost."""

    def __init__(self, story: Any, program: Any) -> None:
        super().__init__(story)
        self.rang, self._program = 0, program

    def ring(self) -> str:
        self.rang += 1
        if self.fault("ring", LOST=("the reply is lost",)):
            raise self._program.Failed
        return "accepted"


def a_plan(unit: Unit, story: Any, *, plan: str) -> int:
    """A given plan is run."""
    program = given(unit, plan)
    phone = Phone(story, program)
    getattr(program, plan)(phone)
    return phone.rang


def unit_of(source: str) -> Unit:
    return Unit(Direct(source, "forecast"), Contract.of(STUB))


@pytest.fixture
def unit() -> Iterator[Unit]:
    """A file in which somebody has made the plan kinder."""
    made = unit_of(STUB.replace("range(2)", "range(1)"))
    with closing(made._link):
        yield made


def test_the_given_program_runs_and_not_what_was_made_of_it(unit: Unit) -> None:
    """Every story ends as the course's own program ends, whatever stands in the submission."""
    ends = every_end(unit, a_plan, plan="twice")
    assert [(ended.seen, len(ended.faults)) for ended in ends] == [(1, 0), (2, 1), (2, 2)]
    assert every_end(unit, a_plan, plan="twice") is ends


def test_a_changed_program_is_noticed_and_a_comment_is_not(unit: Unit) -> None:
    """Another statement is a change; a comment or another docstring is none."""
    assert not is_as_given(unit, "twice")
    noted = unit_of(
        STUB.replace("    for _", "    # two tries\n    for _").replace("Call twice", "Ring twice")
    )
    with closing(noted._link):
        assert is_as_given(noted, "twice")
    gone = unit_of(STUB.replace("def twice", "def thrice"))
    with closing(gone._link):
        assert not is_as_given(gone, "twice")


def test_the_first_line_that_differs_is_named() -> None:
    """It is the line of the statement, also inside of another one, and 0 for a plan that is not there."""
    number = STUB.split("\n").index(next(line for line in STUB.split("\n") if "range(2)" in line)) + 1
    for source, line in (
        (STUB, None),
        (STUB.replace("range(2)", "range(1)"), number),
        ("# a comment\n" + STUB.replace("range(2)", "range(1)"), number + 1),
        (STUB.replace("def twice", "def thrice"), 0),
    ):
        made = unit_of(source)
        with closing(made._link):
            assert line_that_differs(made, "twice") == line


def test_a_name_that_is_given_a_second_time_is_named() -> None:
    """Whatever stands below under the name of what was given is another program; a local name is not."""
    end = STUB.count("\n") + 1
    for more, line in (
        ("class twice:\n    pass\n", end),
        ("twice = None\n", end),
        ("import os as twice\n", end),
        ("if True:\n    def twice(): ...\n", end + 1),
        ("def mine():\n    twice = 1\n    return twice\n", None),
        ("thrice = twice\n", None),
    ):
        made = unit_of(STUB + more)
        with closing(made._link):
            assert line_that_differs(made, "twice") == line


def test_a_name_that_the_stub_has_not_is_the_suites_mistake(unit: Unit) -> None:
    """A suite that asks for another program is told so."""
    with pytest.raises(CheckerFaultError, match="thrice"):
        given(unit, "thrice")


def test_a_forecast_that_came_true_has_a_story(unit: Unit) -> None:
    """What is shown of a right forecast is the story that the suite chose, with its faults."""
    ended = every_end(unit, a_plan, plan="twice")[1]
    show(unit, "it has rung twice", a_plan, ended, plan="twice")
    assert isinstance(unit._right, Shown)
    assert [event.what for event in unit._right.story.timeline] == ["the reply is lost"]
    assert unit._right.story.tape.faults == ended.faults


def test_no_story_is_no_story() -> None:
    """It is false, so that whoever looks for a story finds none."""
    assert not NO_STORY


def test_a_learner_reads_what_was_seen_of_a_right_forecast() -> None:
    """Below the promise stands what was seen and the command that tells it; another kept one is one line."""
    results = (
        PromiseResult("test_a", "It rings as you say.", "kept", saw="it has rung twice", replay="1"),
        PromiseResult("test_b", "It stays.", "kept"),
    )
    verdict = Verdict("ex31_retry_boundary", "forecast.py", "", "", "", (), 0.0, 2, results)
    text = verdict_text(verdict)
    told = "it has rung twice\n    halfway grade ex31_retry_boundary --replay 1"
    assert f"✓ It rings as you say.\n    {told}\n✓ It stays.\n" in text
