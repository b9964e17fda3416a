"""One grader, two hosts: the page's Python gives the terminal's verdicts, promise by promise.

In a browser a handful is graded end to end (tests/browser/test_engine.py); here some files of each unit are,
under Node, others each day, and `halfway hosts` takes every one.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from halfway import catalog
from halfway.cli.common import now
from halfway.grading import Grader, PromiseResult, Verdict
from halfway.site import hosts

COURSE = Path(__file__).resolve().parents[2]
# What these say holds a number of this machine, or a frame that Python 3.12 and newer do not have.
OTHER_WORDS = {
    "builtin_hash": "a hash has 64 bits here and 32 there",
    "key_per_publish": "a key made of the real time",
    "first_error_ends_recovery": "a comprehension is a function of its own in Python 3.11",
    "recovery_finishes_the_work": "a comprehension is a function of its own in Python 3.11",
    "solutions/collect.py": "a task that nobody asks is collected, and says so, at another moment there",
    "cancelled_means_undone": "the traceback of a second cancel loses its inner frames in Python 3.11",
}
# The smallest story that breaks the same promise is another one there, so fewer were told before it.
OTHER_STORIES = {
    "first_of_gather": "a child that is done settles a gather at once since 3.12, and a turn later before"
}
LATE = ("urllib",)
"""What few answers import, and whoever does waits for it: a first verdict of all others comes sooner."""
A_DAY = 1
"""So many other right answers of a unit, and so many wrong ones, beside stub and solution."""


@pytest.fixture
def page() -> Iterator[hosts.Page]:
    """The page's Python, as new as a reader's who opens the unit: after many units its memory is full."""
    with hosts.page(COURSE, lambda _: None) as graded:
        yield graded


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    """The terminal's, started once."""
    with Grader(COURSE, ahead=False) as here:
        yield here


@pytest.mark.slow
@pytest.mark.parametrize("slug", [unit.slug for unit in catalog.units(COURSE)])
def test_every_file_has_the_same_verdict_in_both_hosts(slug: str, grader: Grader, page: hosts.Page) -> None:
    """Stub, solution, alternatives, mutants: equal status, stories, misconception, and almost all words."""
    unit = catalog.find(slug, COURSE)
    today = now().toordinal()
    rows = list(hosts.compared(unit, grader, page, ("hidden",), A_DAY, today))
    assert [name for name in page.late if name not in LATE] == []  # what it names is missing in web/early.txt
    right = 1 + min(A_DAY, len(unit.also))
    assert len(rows) == 1 + right + min(A_DAY, len(unit.mutants))
    differs = [(row.file, told) for row in rows for told in row.differs]
    assert [
        (file, told) for file, told in differs if file not in OTHER_STORIES or ": stories " not in told
    ] == []
    known = OTHER_WORDS.keys() | OTHER_STORIES.keys()
    assert {row.file: row.words for row in rows if row.words and row.file not in known} == {}
    assert sum(row.kept == row.promises for row in rows) == right


def test_a_difference_is_seen() -> None:
    """Two verdicts that differ in one status, one count or one word are told apart."""
    unit = catalog.units(COURSE)[0]

    def verdict(*promises: PromiseResult) -> Verdict:
        return Verdict(unit.slug, "f.py", "", "3", "0", (), 0.0, 1, promises)

    one = verdict(PromiseResult("a", "A.", "kept", stories=3), PromiseResult("b", "B.", "broken", saw="x"))
    two = verdict(PromiseResult("a", "A.", "kept", stories=4), PromiseResult("b", "B.", "kept", saw="y"))
    row = hosts._row(unit, unit.stub, one, two, frozenset())
    assert row.differs == ("a: stories 3 here, 4 there", "b: status 'broken' here, 'kept' there")
    assert row.words == ("b: saw 'x' here, 'y' there",)
    assert hosts._row(unit, unit.stub, one, two, frozenset("a")).differs == row.differs[1:]


def test_a_unit_that_is_none_is_refused() -> None:
    """`halfway hosts` of an unknown unit says so, with the exit code of a command that is not understood."""
    command = [sys.executable, "-m", "halfway.cli", "hosts", "no-such-unit"]
    done = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "No unit is named 'no-such-unit'" in done.stderr
