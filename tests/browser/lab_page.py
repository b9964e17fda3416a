"""A reader at a lab: a page of the built site, with verdicts that the terminal gave beforehand."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route

from halfway.catalog import UnitFiles, find
from halfway.grading import Grader
from halfway.grading.verdict import Suite
from halfway.render.svg import timeline_svg

FAKE = Path(__file__).with_name("fake_engine.js")
LEAN = Path(__file__).with_name("chromium.sh")
"""Starts Chromium without what costs a fifth of each new window's time and is never seen."""
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
SUITES: tuple[Suite, ...] = ("hidden", "examples")
ALL = len(find("41").promises())
"""How many promises the unit in these tests makes, as its suite has them."""
KEPT = ALL - len(find("41").mutant("key_per_attempt").caught_by)
"""How many of them a key for each attempt keeps, as the page of wrong ideas says."""
WAIT_MS = 60_000
"""How long a condition may take: it comes in tenths of a second, and on a busy machine in many of them."""
# The stub is looked for anew each time: instant navigation puts another page in its place while we wait.
READY = """() => {
    document.querySelector(".stub")?.scrollIntoView({ block: "center" });
    return document.querySelector(".stub[data-lab=on] .cm-content") !== null;
}"""
NOTHING = "nothing.html"
DIAGRAMS = "**/assets/web/mermaid/**"
SEARCH = "**/search/search_index.json"
NO_PAGES = '{"config": {"lang": ["en"], "separator": "[\\\\s\\\\-]+"}, "docs": []}'
ENGINE = "**/assets/web/lab/c/engine-*.js"


def chromium() -> dict[str, Any]:
    """Gives how Chromium is started. Fails, with what to type, where there is none."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(
            "These tests need Chromium. Install it (Debian: apt-get install chromium), "
            "or set HALFWAY_NO_BROWSER=1 to go without them.",
            pytrace=False,
        )
    if os.name == "nt":
        return {"executable_path": path, "args": list(FLAGS)}
    return {"executable_path": LEAN, "args": list(FLAGS), "env": os.environ | {"CHROMIUM": path}}


def told_beforehand(unit: UnitFiles, texts: dict[str, Path]) -> str:
    """Gives the stand-in for the engine, with the terminal's verdict on each of these files."""
    with Grader(ahead=False) as grader:
        verdicts = {
            f"{suite}\n{path.read_text(encoding='utf-8')}": _verdict(grader, unit, path, suite)
            for suite in SUITES
            for path in texts.values()
        }
    source = FAKE.read_text(encoding="utf-8")
    return source.replace("const VERDICTS = {};", f"const VERDICTS = {json.dumps(verdicts)};", 1)


def _verdict(grader: Grader, unit: UnitFiles, path: Path, suite: Suite) -> dict[str, Any]:
    verdict = grader.grade(unit.slug, path, suite=suite)
    data = verdict.to_dict()
    for promise, result in zip(data["promises"], verdict.promises, strict=True):
        promise["timeline_svg"] = timeline_svg(result.timeline) if result.timeline else ""
    return data


@dataclass
class Reader:
    """One browser profile that visits one unit's page."""

    context: BrowserContext
    url: str

    def opens(self, url: str | None = None) -> LabPage:
        """Opens the unit's page in a tab of its own, and goes to the lab."""
        page = self.context.new_page()
        page.goto(url or self.url)
        lab = LabPage(page)
        lab.ready()
        return lab

    def opens_nothing(self) -> Page:
        """Opens an empty page of the same site: it sees all that the browser keeps for the others."""
        page = self.context.new_page()
        page.goto(f"{self.url}{NOTHING}")
        return page


@dataclass
class LabPage:
    """One tab with one lab."""

    page: Page

    def ready(self) -> None:
        """Goes to where the stub is, and waits for the editor in its place."""
        self.page.wait_for_function(READY)

    @property
    def lab(self) -> Locator:
        """The lab."""
        return self.page.locator(".lab")

    @property
    def text(self) -> str:
        """What the editor holds."""
        found = self.page.evaluate(
            "() => document.querySelector('.cm-content').cmTile.view.state.doc.toString()"
        )
        return str(found)

    def types(self, text: str) -> None:
        """Puts a whole text in, as pasting does."""
        self.page.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def runs(self, state: str) -> None:
        """Presses Run and waits until the lab is in this state."""
        self.press("Run")
        self.is_now(state)

    def is_now(self, state: str) -> None:
        """Waits until the lab is in this state."""
        self.page.locator(f".lab[data-state={state}]").wait_for()

    def press(self, words: str) -> None:
        """Presses the button with exactly these words."""
        self.page.get_by_role("button", name=words, exact=True).click()

    def status(self) -> str:
        """Gives the line that says how the run ended."""
        return self.lab.locator(".lab-desk > .lab-results > .lab-status").inner_text()

    def stored(self, key: str) -> Any:
        """Gives what the browser keeps under this key."""
        found = self.page.evaluate("(key) => localStorage.getItem('halfway:' + key)", key)
        return json.loads(found)["value"] if found else None


@contextmanager
def reader(
    browser: Browser, url: str, engine: str, *, diagrams: bool = False, **options: Any
) -> Iterator[Reader]:
    """Gives a new reader; the stand-in answers where the page asks for the engine."""
    given = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light", "reduced_motion": "reduce"}
    context = browser.new_context(service_workers="block", **(given | options))
    context.set_default_timeout(WAIT_MS)
    prepare(context, engine, diagrams=diagrams)
    try:
        yield Reader(context, url)
    finally:
        context.close()


def prepare(context: BrowserContext, engine: str, *, diagrams: bool = False) -> None:
    """Puts the stand-in in the place of the engine.

    Diagrams take most of a page's time, and the index of the search some of the rest: both are left out.
    """

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/javascript", body=engine)

    context.route(ENGINE, answer)
    context.route(
        f"**/{NOTHING}", lambda route: route.fulfill(content_type="text/html", body="<title>Nothing</title>")
    )
    if not diagrams:
        context.route(DIAGRAMS, lambda route: route.abort())
        context.route(SEARCH, lambda route: route.fulfill(content_type="application/json", body=NO_PAGES))
