"""The lab of a unit: edit in the page, run, read the verdict. The engine is a stand-in with real verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_page import Reader, reader, told_beforehand
from playwright.sync_api import Browser

from halfway import catalog
from halfway.catalog import UnitFiles

COURSE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def unit() -> UnitFiles:
    """The unit that these tests work on."""
    return catalog.find("41", COURSE)


@pytest.fixture(scope="module")
def files(unit: UnitFiles) -> dict[str, Path]:
    """Files with a verdict, by name."""
    mutants = {path.stem: path for path in unit.mutants}
    wrong = ["key_per_attempt", "readable_key", "joined_names", "key_from_the_text"]
    return {"stub": unit.stub, "solution": unit.solution} | {name: mutants[name] for name in wrong}


@pytest.fixture(scope="module")
def engine(unit: UnitFiles, files: dict[str, Path]) -> str:
    """The stand-in for the engine."""
    return told_beforehand(unit, files)


@pytest.fixture
def ana(browser: Browser, address: str, unit: UnitFiles, engine: str) -> Iterator[Reader]:
    """A reader who has never been here."""
    page = unit.concept.relative_to(COURSE / "docs").with_suffix("").as_posix()
    with reader(browser, f"{address}{page}/", engine) as found:
        yield found


def text_of(files: dict[str, Path], name: str) -> str:
    """Gives the text of a file."""
    return files[name].read_text(encoding="utf-8")


def test_a_wrong_idea_is_run_and_survives_a_reload(ana: Reader, files: dict[str, Path]) -> None:
    """A run opens the first broken promise; text and verdict are there after a reload."""
    tab = ana.opens()
    assert tab.text.rstrip() == text_of(files, "stub").rstrip()
    tab.types(text_of(files, "key_per_attempt"))
    tab.runs("broken")
    opened = tab.lab.locator("li details[open]")
    assert opened.count() == 1
    shown = opened.inner_text()
    assert "Saw" in shown
    assert "Rule" in shown
    assert "Ask" in shown
    assert opened.locator("svg[role=img] desc").count() == 1
    said = tab.status()
    tab.page.reload()
    tab.ready()
    assert tab.text == text_of(files, "key_per_attempt")
    assert tab.status() == said
