"""The built site in a real browser: every page, both palettes, a phone's width, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

import pytest
from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

DRAWN = """
() => [...document.querySelectorAll("article div.mermaid")].map((box) => {
  const svg = box.shadowRoot?.querySelector("svg");
  return svg ? svg.querySelectorAll(".node, .actor, .messageText").length : 0;
})
"""
WAITING = "() => document.querySelectorAll('pre.mermaid').length === 0"
OPEN_ALL = "() => document.querySelectorAll('details').forEach((details) => { details.open = true; })"
# One piece of code in each colour is looked at, and a few words of each drawing, not each of a thousand.
THIN_OUT = """
() => {
  const met = new Set();
  for (const piece of document.querySelectorAll(".highlight code span[class]")) {
    if (met.has(piece.className)) piece.replaceWith(...piece.childNodes);
    met.add(piece.className);
  }
  for (const piece of document.querySelectorAll(".timeline g > :nth-child(n + 4)")) piece.remove();
}
"""
LINKS = """
() => [document, ...[...document.querySelectorAll("div.mermaid")].map((box) => box.shadowRoot)]
  .flatMap((root) => [...root.querySelectorAll("a")])
  .filter((a) => a.hasAttribute("href") || a.hasAttribute("xlink:href"))
  .map((a) => new URL(a.getAttribute("href") ?? a.getAttribute("xlink:href"), document.baseURI).href)
"""
IDS = "() => [...document.querySelectorAll('[id], a[name]')].map((e) => e.id || e.name)"
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
PALETTE = "(scheme) => document.body.setAttribute('data-md-color-scheme', scheme)"
LOUD = ("error", "warning")
EVERYTHING: dict[str, object] = {"resultTypes": ["violations"]}
# What is wide in a narrow window is reached by the keyboard.
REACHED = EVERYTHING | {"runOnly": {"type": "rule", "values": ["scrollable-region-focusable"]}}
# What a palette can change; the rest is the same in both.
COLOURS = EVERYTHING | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


@dataclass
class Seen:
    """What one page showed, gathered in one visit so that a page is opened once."""

    drawn: list[int]
    links: list[str]
    ids: set[str]
    violations: dict[str, list[str]]
    overflow_px: int
    console: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def seen(context: BrowserContext, address: str, pages: list[str]) -> dict[str, Seen]:
    """Every page of the site, visited once."""
    page = context.new_page()
    console: list[str] = []
    outside: list[str] = []
    page.on("console", lambda said: console.append(said.text) if said.type in LOUD else None)
    page.on("pageerror", lambda error: console.append(str(error)))
    page.on("request", lambda asked: outside.append(asked.url) if elsewhere(asked, address) else None)
    found: dict[str, Seen] = {}
    for name in pages:
        console.clear()
        outside.clear()
        found[name] = visited(page, address + name)
        found[name].console, found[name].outside = list(console), list(outside)
    page.close()
    return found


def concept_page(pages: list[str], number: str = r"\d\d") -> str:
    """Gives the first concept page, or that of a unit."""
    return next(name for name in pages if re.search(rf"concepts/[^/]+/{number}_", name))


def opened(context: BrowserContext, url: str, width: int) -> Page:
    """Opens a page in a window of this width, and waits until nothing more is fetched."""
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(url, wait_until="networkidle")
    return page


def elsewhere(request: Request, address: str) -> bool:
    """Says whether a request leaves the site."""
    return not request.url.startswith((address, "data:", "blob:"))


def visited(page: Page, url: str) -> Seen:
    """Opens a page, looks at it in both palettes, then at a phone's width."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(url)
    page.wait_for_function(WAITING)
    links, ids = page.evaluate(LINKS), set(page.evaluate(IDS))
    page.evaluate(OPEN_ALL)
    page.evaluate(THIN_OUT)
    page.evaluate(AXE_SCRIPT)
    violations = {"light": axe(page, EVERYTHING)}
    page.evaluate(PALETTE, "slate")
    violations["dark"] = axe(page, COLOURS)
    page.evaluate(PALETTE, "default")
    drawn = page.evaluate(DRAWN)
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    violations["narrow"] = axe(page, REACHED)
    return Seen(drawn, links, ids, violations, int(page.evaluate(WIDER)))


def axe(page: Page, options: dict[str, object]) -> list[str]:
    """Gives what axe-core objects to, one line an element."""
    result = page.evaluate(f"axe.run(document, {json.dumps(options)})")
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def told(seen: dict[str, Seen], attribute: str) -> dict[str, object]:
    """Gives the pages that have something under `attribute`."""
    return {name or "/": getattr(page, attribute) for name, page in seen.items() if getattr(page, attribute)}


def test_every_diagram_is_drawn(seen: dict[str, Seen]) -> None:
    """Each diagram becomes a picture with boxes, and every concept page has one."""
    for name, page in seen.items():
        assert all(page.drawn), name
        if re.search(r"concepts/[^/]+/\d\d_", name):
            assert page.drawn, name


def test_the_console_is_silent(seen: dict[str, Seen]) -> None:
    """No page makes the browser complain."""
    assert told(seen, "console") == {}


def test_nothing_is_asked_of_another_host(seen: dict[str, Seen]) -> None:
    """Every request of every page stays on the site."""
    assert told(seen, "outside") == {}


def test_no_link_is_dead(seen: dict[str, Seen], address: str, pages: list[str], site: Path) -> None:
    """Every link within the site, also one in a diagram, leads to a page, anchor or file that is there."""
    dead = []
    for name, page in seen.items():
        for link in page.links:
            target, anchor = urldefrag(link)
            if not target.startswith(address):
                continue
            there = target.removeprefix(address)
            if not anchor and (site / there).is_file():
                continue
            if there not in pages or (anchor and anchor not in seen[there].ids):
                dead.append((name, link.removeprefix(address)))
    assert dead == []


@pytest.mark.parametrize("look", ["light", "dark", "narrow"])
def test_every_page_is_accessible(seen: dict[str, Seen], look: str) -> None:
    """axe-core has nothing to say, with everything unfolded."""
    found = {name: page.violations[look] for name, page in seen.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("lost", [1, 2])
def test_a_diagram_is_drawn_though_a_connection_is_lost(
    newcomer: BrowserContext, address: str, pages: list[str], lost: int
) -> None:
    """What draws is fetched again once; a diagram without it is its text, and the next page has a picture."""
    page, asked = newcomer.new_page(), []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) > lost:
            route.continue_()
        else:
            route.abort()

    page.route(re.compile(r"/mermaid/mermaid\.js"), answer)
    page.goto(address + concept_page(pages))
    page.wait_for_function(WAITING)
    assert all(page.evaluate(DRAWN)) == (lost == 1)
    told = "() => document.querySelector('article div.mermaid').shadowRoot.textContent"
    assert ("This diagram is shown as text" in page.evaluate(told)) == (lost == 2)
    page.locator(".md-header__button.md-logo").click()
    page.wait_for_url(address)
    page.wait_for_selector("article div.mermaid")
    assert all(page.evaluate(DRAWN))
    assert len(asked) == lost + 1
    page.close()


def test_the_page_that_is_not_there_is_accessible(context: BrowserContext, address: str) -> None:
    """The 404 page is a page like every other, for axe-core too."""
    page = context.new_page()
    page.goto(f"{address}concepts/no-such-page/")
    page.evaluate(AXE_SCRIPT)
    assert axe(page, EVERYTHING) == []
    page.close()


def test_a_phone_shows_the_whole_width(seen: dict[str, Seen]) -> None:
    """At 390 pixels no page scrolls sideways; what is wide scrolls in its own box."""
    assert told(seen, "overflow_px") == {}


def test_what_is_wider_than_its_box_fades_where_there_is_more(
    context: BrowserContext, address: str, pages: list[str]
) -> None:
    """Code and tables on a phone fade at the right edge, and at the left one once they are scrolled."""
    page = opened(context, address + concept_page(pages, "11"), 390)
    for name in (".program pre > code", ".md-typeset__scrollwrap"):
        box = page.locator(f'{name}[data-more="right"]').first
        assert "gradient" in box.evaluate("box => getComputedStyle(box).maskImage")
        box.evaluate("box => { box.id = 'wide'; box.scrollLeft = box.scrollWidth; }")
        page.locator('#wide[data-more="left"]').wait_for()
        page.evaluate("() => document.querySelector('#wide').removeAttribute('id')")
    page.close()


def test_a_link_opens_a_page_without_a_reload(
    context: BrowserContext, address: str, pages: list[str]
) -> None:
    """Instant navigation keeps the page's memory, and the diagrams of the next page are drawn."""
    concept, page = concept_page(pages), opened(context, address, 1280)
    page.evaluate("() => { window.remembered = true; }")
    page.locator(f'article a[href$="{concept}"]').first.click()
    page.wait_for_url(urljoin(address, concept))
    page.wait_for_selector("article div.mermaid")
    assert page.evaluate("() => window.remembered") is True
    assert all(page.evaluate(DRAWN))
    page.go_back()
    page.wait_for_url(address)
    assert page.evaluate("() => window.remembered") is True
    page.close()


def test_search_finds_a_word(context: BrowserContext, address: str) -> None:
    """A word of a page leads to that page."""
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(address)
    page.locator("input[name=query]").click()
    page.locator("input[name=query]").press_sequentially("cancelled")
    first = page.locator(".md-search-result__item a").first
    first.wait_for()
    assert "concepts/" in (first.get_attribute("href") or "")
    page.evaluate(AXE_SCRIPT)
    assert axe(page, EVERYTHING) == []
    page.close()


def test_colours_follow_the_system_until_a_reader_chooses(browser: Browser, address: str) -> None:
    """A dark system gets dark pages; the toggle goes on from there and is remembered."""
    dark = browser.new_context(color_scheme="dark", viewport={"width": 1280, "height": 900})
    page = dark.new_page()
    page.goto(address)
    scheme = "() => document.body.getAttribute('data-md-color-scheme')"
    assert page.evaluate(scheme) == "slate"
    page.locator("label[title='Colours follow your system; switch to light']").click()
    assert page.evaluate(scheme) == "default"
    page.reload()
    assert page.evaluate(scheme) == "default"
    dark.close()


def test_the_keyboard_reaches_and_shows(context: BrowserContext, address: str) -> None:
    """The first Tab offers to skip to the content, and what has the focus has a visible edge."""
    page = context.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    focused = "() => document.activeElement.textContent.trim()"
    assert page.evaluate(focused) == "Skip to content"
    page.keyboard.press("Tab")
    edge = "() => getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(edge) != "none"
    page.close()
