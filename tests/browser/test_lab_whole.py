"""The lab with the real grader, as a reader meets it: on a plain host, from the stub to the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lab_page import WAIT_MS, LabPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext

ISOLATING = {"cross-origin-opener-policy", "cross-origin-embedder-policy", "service-worker-allowed"}


class Heard:
    """What the pages of a reader ask for, which headers come back, and what the console complains of."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.elsewhere: list[str] = []
        self.headers: set[str] = set()
        self.complaints: list[str] = []
        own = (address, "blob:", "data:")
        context.on("request", lambda sent: sent.url.startswith(own) or self.elsewhere.append(sent.url))
        context.on("response", lambda answer: self.headers.update(answer.headers))
        context.on(
            "console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text)
        )


@pytest.fixture
def dora(browser: Browser) -> Iterator[BrowserContext]:
    """A reader with a browser as it comes."""
    made = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    made.set_default_timeout(WAIT_MS)
    yield made
    made.close()


def test_a_reader_goes_from_the_stub_to_the_end(
    dora: BrowserContext, lab_url: str, address: str, texts: dict[str, str]
) -> None:
    """Stub, wrong idea with its timeline, right answer, reload: graded in the page, by its own site alone."""
    heard = Heard(dora, address)
    page = dora.new_page()
    page.goto(lab_url)
    tab = LabPage(page)
    tab.ready()
    assert tab.text == texts["stub"]
    tab.runs("broken")
    assert tab.status().startswith("0 of 14 promises kept; 14 stories told in ")
    assert "Still to be written: publish" in tab.page.get_by_role("list", name="The promises").inner_text()
    tab.types(texts["key_per_attempt"])
    tab.runs("broken")
    assert tab.status().startswith("12 of 14 promises kept; 24 stories told in ")
    opened = tab.lab.locator("li details[open]")
    assert re.search(r"Saw\s+one alert, called 2 times", opened.inner_text())
    assert "the reply is lost" in opened.locator("svg[role=img] desc").text_content()
    assert "Every request needs a key of its own" in tab.lab.inner_text()
    tab.types(texts["solution"])
    tab.runs("kept")
    status = tab.status()
    assert status.startswith("All 14 promises are kept; ")
    page.reload()
    tab.ready()
    assert (tab.text, tab.status()) == (texts["solution"], status)
    tab.runs("kept")
    assert (heard.elsewhere, heard.complaints, heard.headers & ISOLATING) == ([], [], set())


def test_the_licences_of_all_that_is_carried_are_shown(
    dora: BrowserContext, address: str, lab_url: str
) -> None:
    """One link leads to one text with the browser's packages, Pyodide, Python and the packages in it."""
    page = dora.new_page()
    page.goto(f"{address}reference/lab/")
    page.get_by_role("link", name="All licences, in one text").click()
    page.wait_for_url("**/licences.txt")
    text = page.locator("body").inner_text()
    for name in ("codemirror/view", "mermaid", "pyodide", "Python Software Foundation", "fflate", "diff "):
        assert name in text
    for name in ("pytest", "pluggy", "Pygments", "freezegun", "python-dateutil", "six", "mkdocs-material"):
        assert re.search(rf"^{name} \d\S* \(.+\)$", text, re.MULTILINE), name
    assert text.count("Permission is hereby granted") > 20
