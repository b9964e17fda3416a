"""A second process that goes through a suite from its end: the verdict and its order are the same."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from typing import Any

import pytest
from keeper_children import seconds_of
from tiny_course import TinyCourse

from halfway.grading import Grader, PromiseResult, Verdict
from halfway.grading.keeper import second
from halfway.grading.keeper.lines import Lines, write_all
from halfway.grading.verdict import Started
from halfway.links.guard import Limits

needs_two = pytest.mark.skipif(
    sys.platform != "linux" or not second.can_help(), reason="it is started where there are two cores"
)
BROKEN = "            except (ConnectionRefusedError, TimeoutError):\n                continue"
ENDLESS = 'return f"ring/{incident}"'
PROGRAMS = {
    "right": lambda right: right,
    "broken": lambda right: right.replace(BROKEN, "            finally:\n                pass"),
    "without_an_end": lambda right: right.replace(ENDLESS, "while True: pass"),
    "prints": lambda right: right.replace(ENDLESS, f"print(incident)\n        {ENDLESS}"),
    "no_python": lambda right: right.replace("def key_of", "def key of"),
    "ends_the_process": lambda right: right.replace(ENDLESS, "import os; os._exit(3)"),
}


def plain(verdict: Verdict) -> Verdict:
    """Gives a verdict without the time that it took."""
    return replace(verdict, seconds=0.0)


@needs_two
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_verdict_is_the_same_with_a_second_process(tiny: TinyCourse, name: str) -> None:
    """Whatever the program does; and what is told on the way comes in the same order."""
    tiny.write(PROGRAMS[name](tiny.solution))
    limits, told = Limits(seconds=2.0), {True: [], False: []}
    with Grader(tiny.root, limits=limits) as grader:
        alone = grader.grade("91", on_event=told[False].append)
        grader.grade("91")  # who asks once is served by one process
        assert seconds_of(grader)
        helped = grader.grade("91", on_event=told[True].append)
    assert plain(helped) == plain(alone)
    heard = {k: [(type(e), e.id) for e in events] for k, events in told.items()}
    assert heard[True] == heard[False]
    assert {type(event) for event in told[True]} <= {Started, PromiseResult}


class Told:
    """What the first process tells, as lines; its own guard, too."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.printed = 0
        self.guard = self
        self.output_left = 100

    def take_over(self, lines: list[str], printed: int) -> None:
        """Another process has found a promise kept."""
        self.lines += lines
        self.printed += printed


class Item:
    """A promise, as far as it is looked at."""

    def __init__(self, nodeid: str) -> None:
        self.nodeid = nodeid


def first_and_pipes() -> tuple[Any, Told, Lines, int]:
    """Gives the side of the first process, what it tells, what it says, and where it hears."""
    (said, says), (heard, hears) = os.pipe(), os.pipe()
    first: Any = second.First(says, heard)
    first.telling = told = Told()
    return first, told, Lines(said), hears


def test_what_the_second_found_kept_is_taken_over_and_nothing_else() -> None:
    """A promise of which it says nothing, or that it has begun for too long, is checked by the first."""
    first, told, said, hears = first_and_pipes()

    def hear(**line: Any) -> None:
        write_all(hears, json.dumps(line).encode() + b"\n")

    hear(begun="d")
    hear(begun="", over="d", lines=["started", "ended"], printed=7)
    hear(begun="e")
    hear(begun="", over="e", lines=["started", "ended"], printed=101)
    hear(begun="c")
    hear(begun="", over="c")
    hear(begun="b")
    assert first.pytest_runtest_protocol(Item("a")) is None
    began = time.monotonic()
    assert first.pytest_runtest_protocol(Item("b")) is None
    assert time.monotonic() - began >= second.WAITS_S * 0.9
    assert first.pytest_runtest_protocol(Item("c")) is None
    assert (told.lines, told.printed) == ([], 0)
    assert first.pytest_runtest_protocol(Item("d")) is True
    assert (told.lines, told.printed) == (["started", "ended"], 7)
    assert first.pytest_runtest_protocol(Item("e")) is None  # the limit on output is the first one's to find
    assert [json.loads(line) for line in said.read()] == ["a", "b", "c", "e"]
    os.close(hears)
    assert first.pytest_runtest_protocol(Item("b")) is None


@pytest.mark.parametrize(
    ("events", "is_kept"),
    [
        (["started", "kept"], True),
        (["started", "broken"], False),
        (["started", "reached", "kept"], False),
        (["started", "fault", "kept"], False),
        (["troubled"], False),
        ([], False),
    ],
)
def test_only_a_promise_that_is_plainly_kept_is_handed_on(events: list[str], is_kept: bool) -> None:
    """What reached a limit or was a fault of ours is looked at by the first process itself."""
    told = [
        {"event": "ended", "result": {"status": each}} if each in ("kept", "broken") else {"event": each}
        for each in events
    ]
    assert second._is_kept([json.dumps(each).encode() for each in told]) is is_kept
