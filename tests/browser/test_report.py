"""The report of a class in a real browser: no scripts, no barrier, nothing from elsewhere, and paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from review_book import NOW, book
from tiny_course import SLUG, TinyCourse

from halfway.review.report import write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = "() => axe.run(document, {preload: false, resultTypes: ['violations']})"
OPEN_ALL = "() => document.querySelectorAll('details').forEach((details) => { details.open = true; })"
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOLDED = (
    "() => [...document.querySelectorAll('details > .diff')].filter((diff) => diff.checkVisibility()).length"
)
HREF = re.compile(r'href="([^"]+)"')
COMMENT = """
["Ben <b>& Co</b>"]
comment = "<script>alert(2)</script>"
["Ben <b>& Co</b>".ex91_ring_once]
comment = "Look at line 12."
score = 3
["Somebody Else"]
comment = "left"
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a class in which everything happens, with comments."""
    folder = tmp_path_factory.mktemp("report")
    course, out = TinyCourse(folder / "course"), folder / "out"
    class_book = book(course, out)
    (out / "comments.toml").write_text(COMMENT, encoding="utf-8")
    troubles = write_report(class_book, out, NOW)
    assert ["Somebody Else" in line for line in troubles] == [True]
    assert (out / "comments.toml").read_text(encoding="utf-8") == COMMENT
    return out


def pages(report: Path) -> list[Path]:
    return sorted(report.rglob("*.html"))


def page_of(report: Path, name: str) -> Path:
    return next(path for path in pages(report) if f"<h1><bdi>{name}" in path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A window whose own scripts may run, so that they can look at pages that have none."""
    context = browser.new_context(
        color_scheme=request.param, bypass_csp=True, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    yield page
    context.close()


def test_no_page_has_a_barrier(page: Page, report: Path) -> None:
    """axe-core has nothing to say, in either palette; no page is wider than its window."""
    different = [path for path in pages(report) if path.parent.name != "learners"]
    for path in [*different, page_of(report, "Ben"), page_of(report, "Dora"), page_of(report, "Eve")]:
        page.goto(path.as_uri())
        page.evaluate(OPEN_ALL)
        page.evaluate(AXE_SCRIPT)
        found = page.evaluate(AXE)["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == [], path.name
        assert page.evaluate(WIDER) == 0, path.name


def test_a_phone_shows_a_page_at_its_width(page: Page, report: Path) -> None:
    """What is wide scrolls in its own box."""
    page.set_viewport_size({"width": 360, "height": 700})
    for path in pages(report):
        page.goto(path.as_uri())
        assert page.evaluate(WIDER) <= 0, path.name
    page.set_viewport_size({"width": 1280, "height": 900})


def test_the_pages_hold_together_without_scripts(browser: Browser, report: Path) -> None:
    """With scripts off, every link leads to a page, and nothing is asked of another place."""
    context = browser.new_context(java_script_enabled=False)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    for path in pages(report):
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
        page.goto(path.as_uri())
        for link in set(HREF.findall(text)):
            target = link.partition("#")[0]
            assert not target or (path.parent / target).is_file(), (path.name, target)
    assert all(url.startswith(report.as_uri()) for url in asked)
    context.close()


def test_diffs_are_printed_open(page: Page, report: Path) -> None:
    """What is folded on a screen is open on paper."""
    page.goto(page_of(report, "Ben").as_uri())
    assert page.evaluate(FOLDED) == 0
    page.emulate_media(media="print")
    assert page.evaluate(FOLDED) == 2
    page.emulate_media(media="screen")


def test_the_class_is_told_at_a_glance(page: Page, report: Path) -> None:
    """Wrong ideas name their holders, the most broken promise comes first, what was not taken is listed."""
    page.goto((report / "index.html").as_uri())
    counts = [int(text) for text in page.locator(".promises td.number").all_text_contents()]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 0
    assert page.locator(".ideas a").all_text_contents() == ["Ben <b>& Co</b>"]
    assert page.locator("#unusual ~ ul li").all_inner_texts() == ["Dora, unit 91: gc, sys"]
    assert "1 file does not import" in page.locator("main").inner_text()
    assert "no.zip" in page.locator("#not-taken ~ ul").inner_text()
    assert "1 more handed in the untouched stub" in page.locator("main").inner_text()


def test_a_learner_s_page_tells_everything(page: Page, report: Path) -> None:
    """Marks and comments by hand, timelines with a text alternative, diffs, and hostile text as text."""
    page.goto(page_of(report, "Ben").as_uri())
    said = page.locator("main").inner_text()
    for text in ("<script>alert(2)</script>", "Look at line 12.", "marked by hand: 3", "the reply is lost"):
        assert text in said, text
    drawing = page.locator(".timeline svg").first
    assert "the reply is lost" in (drawing.locator("desc").text_content() or "")
    assert page.locator("details").count() == 2
    page.goto((report / "units" / f"{SLUG}.html").as_uri())
    assert page.locator(".matrix tbody tr").count() == 7
