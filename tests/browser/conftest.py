"""The whole site, built once, served below a path as a host would, and one browser for all tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from halfway.site import Server, build

COURSE = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
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
            item.add_marker(pytest.mark.xdist_group("browser"))  # one worker: the site is visited once
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
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(
            "These tests need Chromium. Install it (Debian: apt-get install chromium), "
            "or set HALFWAY_NO_BROWSER=1 to go without them.",
            pytrace=False,
        )
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One reader with a wide window and light colours."""
    made = browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    made.add_init_script(OPEN_DOOR)
    made.set_default_timeout(10_000)
    yield made
    made.close()
