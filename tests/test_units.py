"""Every unit keeps every law: one test for each unit and law, so that a failure names both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from whole_machine import lacking

from halfway import catalog
from halfway.cli.common import now
from halfway.prove import LAWS, Finding, Prover
from halfway.prove.law_01_trees import law_1_course
from halfway.prove.page import page_of
from halfway.prove.runner import laws_told

COURSE = catalog.root()
UNITS = catalog.units(COURSE)


@pytest.fixture(scope="session")
def prover(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prover]:
    """One prover for the units of one process: what a law has graded, the next one reads.

    It takes the files of the day, as `halfway prove` does; `halfway prove --all` takes every file.
    It looks at the stubs as they are committed, so that a learner who has solved a unit can run the tests.
    """
    stubs = tmp_path_factory.mktemp("stubs")
    with Prover(COURSE, originals=stubs, every=False, day=now().toordinal()) as prover:
        yield prover


def _tell(found: list[Finding]) -> None:
    """Fails with what was found, as an author reads it, and nothing else."""
    if found:
        pytest.fail("\n\n".join(map(str, found)), pytrace=False)


def test_the_trees_hold_units_and_nothing_else() -> None:
    """No folder of the three trees, no number and no page is without its one unit."""
    _tell(list(law_1_course(COURSE)))


def test_the_page_of_the_laws_says_what_they_say() -> None:
    """The page that lists the laws is made of their own docstrings; `halfway prove --accept` writes it."""
    assert page_of(COURSE).is_file()
    _tell(list(laws_told(COURSE)))


@pytest.mark.parametrize(
    ("unit", "law"),
    [pytest.param(unit, law, id=f"{unit.slug}-law {law}") for unit in UNITS for law in LAWS],
)
def test_the_unit_keeps_the_law(prover: Prover, unit: catalog.UnitFiles, law: int) -> None:
    """A unit keeps each of the laws."""
    found = prover.findings(unit, law)
    if law == 14 and prover.report.notes:
        lacking(prover.report.notes[0])
    _tell(found)
