"""`prove` as its callers use it: findings, progress, the kill matrix."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import tiny_unit as at
from tiny_unit import Tiny

from halfway.catalog import NoUnit
from halfway.prove import LAWS, Finding, prove, render_matrix

MATRIX = """\
ex91_ring_once
   1  test_two_incidents_have_two_keys
   2  test_a_lost_reply_does_not_ring_twice
  ex  the public examples

                    1  2  ex
  key_per_attempt   .  x   .
  one_key_for_all   x  .   .

  caught by each    1  1   0
  x broken   . kept   ! something else"""


@pytest.fixture(scope="module")
def lawful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    """A lawful course, made once."""
    course = Tiny(tmp_path_factory.mktemp("lawful") / "course")
    yield course
    course.close()


@pytest.fixture
def tiny(lawful: Tiny) -> Iterator[Tiny]:
    """A lawful course, restored after each test."""
    yield lawful
    lawful.restore()


def test_a_lawful_course_is_proved(tiny: Tiny) -> None:
    """All laws are kept, and the report has the kill matrix and the time of each suite."""
    steps: list[tuple[int, int, str]] = []
    report = prove(course=tiny.course, progress=lambda *step: steps.append(step))
    assert report.ok
    off, draft, kept = str(report).split("\n\n")
    assert off.startswith(f"{at.SLUG} is not under\n")
    assert draft.startswith(f"{at.SLUG} is a draft, on no page and in no edition: it has 2 wrong ideas")
    assert kept == "Every law is kept."
    assert steps[0] == (0, len(LAWS), f"{at.SLUG}, law 1")
    assert steps[-1] == (len(LAWS) - 1, len(LAWS), f"{at.SLUG}, law {len(LAWS)}")
    assert str(report.matrix[at.SLUG]) == MATRIX
    assert report.matrix[at.SLUG].killers("key_per_attempt") == {"test_a_lost_reply_does_not_ring_twice"}
    assert 0 < report.cpu_s[at.SLUG] < 1


def test_some_laws_of_some_units_may_be_asked_for(tiny: Tiny) -> None:
    """Only what is asked for is checked: a stray folder belongs to no unit, and a page is law 10."""
    tiny.write("solutions/scratch/notes.md", "")
    tiny.change(at.PAGE, "<!-- map -->", "")
    assert prove(["91"], course=tiny.course, laws=[1, 3]).ok
    assert [finding.law for finding in prove(course=tiny.course, laws=[1, 10]).findings] == [1, 10]


def test_one_broken_file_is_told_once(tiny: Tiny) -> None:
    """A suite that is no Python breaks many laws, and is one finding, below the course."""
    tiny.write(at.SUITE, "def test_(:\n")
    tiny.remove(at.GOLDEN)
    report = prove(course=tiny.course, laws=[5, 7, 9])
    assert len({(finding.where, finding.what) for finding in report.findings}) == len(report.findings)
    assert all(str(tiny.course) not in str(finding) for finding in report.findings)
    assert any(finding.where.startswith(at.SUITE) for finding in report.findings)
    assert report.matrix == {}


def test_an_unknown_unit_is_refused(tiny: Tiny) -> None:
    """A name of no unit is told before anything runs."""
    with pytest.raises(NoUnit):
        prove(["92"], course=tiny.course)


def test_a_finding_reads_as_three_lines() -> None:
    """What is wrong, where, and what to do next."""
    finding = Finding("ex91_ring_once", 8, "solutions/a.py:3", "It is wrong.", "mend it")
    assert str(finding) == "ex91_ring_once, law 8: It is wrong.\n  Where  solutions/a.py:3\n  Next   mend it"


def test_the_matrix_shows_what_the_examples_catch(tiny: Tiny) -> None:
    """A mutant that an example catches is marked in the last column; a limit is neither kept nor broken."""
    tiny.change(at.EXAMPLES, '.startswith("ring")', ' == "ring/disk-7"')
    shown = render_matrix("91", tiny.course).splitlines()
    assert shown[-4] == "  one_key_for_all   x  .   x"
