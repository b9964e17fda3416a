"""One grader, two hosts: the page's Python gives the terminal's verdicts, promise by promise.

In a browser a handful is graded end to end (tests/browser/test_engine.py); here some files of each unit are,
under Node, others each day, and `halfway hosts` takes every one.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from halfway import catalog
from halfway.cli.common import now
from halfway.grading import PromiseResult, Verdict
from halfway.site import hosts

COURSE = Path(__file__).resolve().parents[2]
# What these say holds a number of this machine, or a frame that Python 3.12 and newer do not have.
OTHER_WORDS = {
    "builtin_hash": "a hash has 64 bits here and 32 there",
    "key_per_publish": "a key made of the real time",
    "first_error_ends_recovery": "a comprehension is a function of its own in Python 3.11",
    "recovery_finishes_the_work": "a comprehension is a function of its own in Python 3.11",
    "cancelled_means_undone": "the traceback of a second cancel loses its inner frames in Python 3.11",
}
A_DAY = 4


@pytest.mark.slow
@pytest.mark.parametrize("slug", [unit.slug for unit in catalog.units(COURSE)])
def test_every_file_has_the_same_verdict_in_both_hosts(slug: str) -> None:
    """Stub, solution, alternatives, mutants: equal status, stories, misconception, and almost all words."""
    unit = catalog.find(slug, COURSE)
    today = now().toordinal()
    rows = list(hosts.compare([unit], ("hidden",), lambda _: None, A_DAY, today))
    right = 1 + min(A_DAY, len(unit.also))
    assert len(rows) == 1 + right + min(A_DAY, len(unit.mutants))
    assert [told for row in rows for told in row.differs] == []
    assert {row.file for row in rows if row.words} <= OTHER_WORDS.keys()
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
