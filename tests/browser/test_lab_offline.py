"""A second visit without a network, and no page of yesterday with one."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lab_page import ALL, WAIT_MS, LabPage

from halfway.site import Server, offline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

KEPT = """
async (version) => {
  await navigator.serviceWorker.ready;
  const names = await caches.keys();
  if (names.length !== 1 || !names[0].endsWith(version)) return false;
  const kept = await (await caches.open(names[0])).keys();
  return kept.length > 20 && navigator.serviceWorker.controller !== null;
}
"""


@pytest.fixture
def bob(browser: Browser) -> Iterator[BrowserContext]:
    """A reader whose browser keeps pages."""
    made = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    made.set_default_timeout(WAIT_MS)
    yield made
    made.close()


@pytest.fixture
def copy(site: Path, tmp_path: Path) -> Path:
    """A copy of the site, to be changed."""
    return Path(shutil.copytree(site, tmp_path / "site"))


def listed(site: Path) -> dict[str, Any]:
    """Gives what the service worker is told of the site."""
    head = (site / "sw.js").read_text(encoding="utf-8").partition("\n")[0]
    found: dict[str, Any] = json.loads(head.removeprefix("self.HALFWAY_SITE = ").removesuffix(";"))
    return found


def is_kept(page: Page, site: Path) -> None:
    """Waits until this version of the site is kept, and no other. To ask for each frame would delay it."""
    page.wait_for_function(KEPT, arg=listed(site)["version"], polling=100)


def test_a_second_visit_needs_no_network(bob: BrowserContext, site: Path, lab_url: str, address: str) -> None:
    """With the server gone, pages open, also ones never seen; the editor works and holds the text.

    Whoever has never used Python here is told that it is not there, and loses nothing.
    """
    with Server(site, path="/some/course/") as server:
        base = server.address
        page = bob.new_page()
        page.goto(base + lab_url.removeprefix(address))
        is_kept(page, site)
    page.reload()
    lab = LabPage(page)
    lab.ready()
    lab.types("mine = 1\n")
    lab.press("Run")
    lab.is_now("ended")
    assert lab.status() == (
        "Python could not run in this page: the grader could not be fetched (there is no network). "
        "Try again later, or run the unit in a terminal."
    )
    page.reload()
    lab.ready()
    assert lab.text == "mine = 1\n"
    page.goto(f"{base}reference/glossary/")
    page.get_by_role("heading", level=1, name="Glossary").wait_for()
    page.goto(f"{base}progress/")
    page.get_by_text("~ begun").wait_for()


def test_python_that_was_used_once_needs_no_network(
    bob: BrowserContext, site: Path, lab_url: str, address: str, texts: dict[str, str]
) -> None:
    """After one run with the real grader, a later visit without a network runs it again, verdict and all."""
    with Server(site, path="/some/course/") as server:
        page = bob.new_page()
        page.goto(server.address + lab_url.removeprefix(address))
        is_kept(page, site)
        lab = LabPage(page)
        lab.ready()
        lab.types(texts["key_per_attempt"])
        lab.runs("broken")
        first = lab.status()
    page.reload()
    lab.ready()
    lab.types(texts["solution"])
    lab.runs("kept")
    assert re.match(rf"All {ALL} promises are kept; ", lab.status())
    lab.types(texts["key_per_attempt"])
    lab.runs("broken")
    assert lab.status().partition(" times in ")[0] == first.partition(" times in ")[0]


def test_a_rebuilt_site_shows_its_new_pages_at_once(bob: BrowserContext, copy: Path) -> None:
    """With a network a reader gets what the site says now; without one, the newest that was whole."""
    with Server(copy, path="/some/course/") as server:
        page = bob.new_page()
        page.goto(server.address)
        is_kept(page, copy)
        before = listed(copy)["version"]
        index = copy / "index.html"
        text = index.read_text(encoding="utf-8").replace("The rhythm of a unit", "A new heading")
        index.write_text(text, encoding="utf-8")
        offline.write(copy)
        assert listed(copy)["version"] != before
        page.reload()
        assert page.get_by_role("heading", name="A new heading").is_visible()
        page.evaluate("async () => (await navigator.serviceWorker.ready).update()")
        is_kept(page, copy)
    page.reload()
    assert page.get_by_role("heading", name="A new heading").is_visible()


def test_the_worker_knows_every_file_and_fetches_few_ahead(site: Path) -> None:
    """Every page of the course is fetched ahead; answers, builders' decisions and what is large are not."""
    told = listed(site)
    pages = {page.relative_to(site).as_posix() for page in site.rglob("*.html")}
    decisions = {name for name in pages if name.startswith("decisions/")}
    assert pages - decisions == pages & set(told["first"])
    assert set(told["first"]) <= set(told["known"])
    assert decisions < set(told["known"])
    late = ("lab/", "assets/web/mermaid/")
    assert not [name for name in told["first"] if ".solution." in name or name.startswith(late)]
    ahead = sum(len(gzip.compress((site / name).read_bytes())) for name in told["first"])
    assert ahead < 1_000_000
