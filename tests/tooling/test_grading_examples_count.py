"""Nobody has every promise kept whose file breaks a public example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_course import TinyCourse

from halfway.grading import Grader, PromiseResult, Verdict
from halfway.grading.verdict import with_examples


@pytest.fixture
def grader(tiny: TinyCourse) -> Iterator[Grader]:
    with Grader(tiny.root) as warm:
        yield warm


def alarm(tiny: TinyCourse, tmp_path: Path) -> Path:
    """A program that keeps each hidden promise, and whose keys are not what the examples say."""
    path = tmp_path / "ring.py"
    right = tiny.solutions / "ring.py"
    path.write_text(right.read_text().replace('f"ring/{incident}"', 'f"alarm/{incident}"'))
    return path


def test_an_example_that_does_not_work_comes_first(grader: Grader, tiny: TinyCourse, tmp_path: Path) -> None:
    """Its own words are shown, the hidden promises follow, and the verdict is not passed."""
    verdict = grader.grade("91", alarm(tiny, tmp_path))
    first, *rest = verdict.promises
    assert (first.id, first.status) == ("test_a_key_is_text", "broken")
    assert "alarm/disk-7" in first.saw
    assert all(result.kept for result in rest)
    assert len(rest) == 3
    assert not verdict.passed
    assert verdict.misconception is None


def test_of_examples_that_work_nothing_is_said(grader: Grader, tiny: TinyCourse) -> None:
    """A right answer has its hidden promises and no more; what breaks one of those is told of it alone."""
    right = grader.grade("91", tiny.solutions)
    assert (len(right.promises), right.passed) == (3, True)
    wrong = grader.grade("91", tiny.mutant("one_key_for_all"))
    assert len(wrong.promises) == 3
    assert wrong.misconception is not None


def test_a_fault_among_examples_costs_nothing() -> None:
    """What the checker did wrong is not the file's."""
    kept = PromiseResult("test_a", "A.", "kept")
    hidden = Verdict("ex91_x", "x.py", "", "3", "0", (), 0.0, 1, (kept,))
    examples = replace(hidden, promises=(replace(kept, status="broken"),), suite="examples")
    assert not with_examples(hidden, examples).passed
    assert with_examples(hidden, replace(examples, fault="ours")) == hidden


def test_an_example_that_cannot_run_here_says_why(grader: Grader, tiny: TinyCourse) -> None:
    """It is not reached, for the reason that it gives, and nobody's fault; nor is it kept."""
    path = tiny.folder / "test_examples.py"
    skip = '@pytest.mark.skipif(True, reason="a page has no threads of its own")\ndef test_one_incident'
    source = path.read_text().replace("from ring", "import pytest\nfrom ring", 1)
    path.write_text(source.replace("def test_one_incident", skip))
    verdict = grader.grade("91", tiny.solutions, suite="examples")
    first = verdict.promises[0]
    assert (first.status, first.saw) == ("not_reached", "a page has no threads of its own")
    assert first.text == "One incident rings once."
    assert (verdict.fault, verdict.passed) == ("", False)
