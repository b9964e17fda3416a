"""How the tests of this course are spread over processes, and told apart in the table of their times."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"


@pytest.fixture(scope="module")
def spread():
    """The settings of all tests, as a module."""
    spec = importlib.util.spec_from_file_location("conftest_of_all", CONFTEST)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("tests/test_units.py::test_law[ex21_a-law 1]", "tests/test_units.py::test_law[ex21_a-law 2]", True),
        ("tests/test_units.py::test_law[ex21_a-law 1]", "tests/test_units.py::test_law[ex41_b-law 1]", False),
        ("tests/page/test_hosts.py::test_a[ex21_a]", "tests/page/test_hosts.py::test_a[ex41_b]", False),
        ("tests/browser/test_lab.py::test_a", "tests/browser/test_site.py::test_b", True),
        ("tests/tooling/test_cli_new.py::test_a", "tests/tooling/test_cli_new.py::test_b[x]", True),
        ("tests/tooling/test_cli_new.py::test_a", "tests/tooling/test_cli_old.py::test_a", False),
    ],
)
def test_what_shares_something_stays_together(spread, one: str, other: str, together: bool) -> None:
    """A file is in one process, all pages are, and each unit of a file about units may have its own."""
    assert (spread.scope(one) == spread.scope(other)) is together


@pytest.mark.parametrize(
    ("nodeid", "part"),
    [
        ("tests/test_units.py::test_law[ex21_a-law 1]", "tests/test_units"),
        ("tests/tooling/test_cli_new.py::test_a", "tests/tooling, cli"),
        ("tests/tooling/test_house.py::test_a", "tests/tooling, house"),
        ("tests/browser/test_lab.py::test_a", "tests/browser"),
        ("tests/pins/test_21_grader_page.py::test_a", "tests/pins"),
    ],
)
def test_every_part_has_its_time(spread, nodeid: str, part: str) -> None:
    """A test belongs to its folder; tests of the tools belong to what they are about."""
    assert spread.part(nodeid) == part


def test_what_takes_longest_begins_first(spread) -> None:
    """The tests that take minutes in one process come first, and the others stay in their order."""
    files = [f"tests/{name}" for name in ("attacks/a", "browser/a", "exercises/a", "page/a", "pins/a")]
    files += ["tests/test_units", *(f"tests/tooling/test_{name}" for name in ("cli_a", "review_a", "words"))]
    found = sorted((f"{file}.py::test_a" for file in files), key=spread.place)
    first = ["browser/a", "attacks/a", "page/a", "test_units", "tooling/test_review_a"]
    rest = ["exercises/a", "pins/a", "tooling/test_cli_a", "tooling/test_words"]
    assert found == [f"tests/{name}.py::test_a" for name in first + rest]
