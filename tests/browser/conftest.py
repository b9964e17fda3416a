"""The whole site, built once, served below a path as a host would, and one browser for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from lab_page import WAIT_MS, Reader, chromium, reader, told_beforehand
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from halfway import catalog
from halfway.catalog import UnitFiles
from halfway.site import Server, build

COURSE = Path(__file__).resolve().parents[2]
# The theme draws diagrams where no script can look. The tests look, so here the door stays open.
OPEN_DOOR = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, {...options, mode: "open"}); };
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test in this folder, and skips them where HALFWAY_NO_BROWSER says that none is wanted."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if os.environ.get("HALFWAY_NO_BROWSER") == "1":
                item.add_marker(pytest.mark.skip(reason="HALFWAY_NO_BROWSER=1"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site of this checkout."""
    out = tmp_path_factory.mktemp("browser") / "site"
    report = build(out, course=COURSE, progress=lambda _: None)
    assert report.note == "", report.note
    return out


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served, two folders below the root of its host."""
    with Server(site, path="/some/course/") as server:
        yield server.address


@pytest.fixture(scope="session")
def pages(site: Path) -> list[str]:
    """The address of every page, below the site's own."""
    found = sorted(page.parent.relative_to(site).as_posix() for page in site.rglob("index.html"))
    return ["" if page == "." else f"{page}/" for page in found]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started once a file: while it runs, Playwright keeps a loop running in this thread."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**chromium())
        yield started
        started.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One reader with a wide window and light colours."""
    with _a_reader(browser) as made:
        yield made


@pytest.fixture
def newcomer(browser: Browser) -> Iterator[BrowserContext]:
    """Such a reader for whom nothing was kept by a visit before, nor will be."""
    with _a_reader(browser, service_workers="block") as made:
        yield made


@contextmanager
def _a_reader(browser: Browser, **how: Any) -> Iterator[BrowserContext]:
    made = browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce", **how
    )
    made.add_init_script(OPEN_DOOR)
    made.set_default_timeout(WAIT_MS)
    yield made
    made.close()


@pytest.fixture(scope="session")
def unit() -> UnitFiles:
    """The unit that the tests of the lab work on."""
    return catalog.find("41", COURSE)


@pytest.fixture(scope="session")
def graded(unit: UnitFiles, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files that the stand-in for the engine has a verdict on, by name."""
    folder = tmp_path_factory.mktemp("wrong")
    wrong = ("key_per_attempt", "readable_key", "joined_names", "builtin_hash")
    mutants = {name: catalog.write_out(unit, unit.mutant(name), folder) for name in wrong}
    no_python = folder / "no_python.py"
    no_python.write_text("def key(:\n", encoding="utf-8")
    return {"stub": unit.stub, "solution": unit.solution, "no_python": no_python} | mutants


@pytest.fixture(scope="session")
def texts(graded: dict[str, Path]) -> dict[str, str]:
    """What stands in these files, by name."""
    return {name: path.read_text(encoding="utf-8") for name, path in graded.items()}


@pytest.fixture(scope="session")
def engine(unit: UnitFiles, graded: dict[str, Path]) -> str:
    """The stand-in for the engine."""
    return told_beforehand(unit, graded)


@pytest.fixture(scope="session")
def lab_url(address: str, unit: UnitFiles) -> str:
    """The page with the lab of the unit."""
    page = unit.concept.relative_to(COURSE / "docs").with_suffix("").as_posix()
    return f"{address}{page}/"


@pytest.fixture
def ana(browser: Browser, lab_url: str, engine: str) -> Iterator[Reader]:
    """A reader who has never been here."""
    with reader(browser, lab_url, engine) as found:
        yield found
