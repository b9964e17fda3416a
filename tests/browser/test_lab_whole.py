"""The lab with the real grader, as a reader meets it: on a plain host, from the stub to the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lab_page import WAIT_MS, LabPage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Request, Response

ISOLATING = {"cross-origin-opener-policy", "cross-origin-embedder-policy", "service-worker-allowed"}


def test_a_reader_goes_from_the_stub_to_the_end(
    browser: Browser, lab_url: str, address: str, texts: dict[str, str]
) -> None:
    """Stub, wrong idea with its timeline, right answer, reload: graded in the page, by its own site alone."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    elsewhere: list[str] = []
    headers: set[str] = set()
    complaints: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((address, "blob:", "data:")):
            elsewhere.append(request.url)

    def answered(response: Response) -> None:
        headers.update(response.headers)

    def said(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    context.on("request", asked)
    context.on("response", answered)
    context.on("console", said)
    page = context.new_page()
    page.goto(lab_url)
    tab = LabPage(page)
    tab.ready()
    assert tab.text == texts["stub"]
    tab.runs("broken")
    assert tab.status().startswith("0 of 14 promises kept; 14 stories told in ")
    opened = tab.lab.locator("li details[open]")
    assert "is still to be written" in opened.inner_text()

    tab.types(texts["key_per_attempt"])
    tab.runs("broken")
    assert tab.status().startswith("12 of 14 promises kept; 24 stories told in ")
    assert opened.count() == 1
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
    assert tab.stored("progress:ex41_dedup_key")["first_solved_at"]
    tab.runs("kept")
    assert (elsewhere, complaints, headers & ISOLATING) == ([], [], set())
    context.close()
