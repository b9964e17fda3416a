"""The lab in Firefox: the editor, the grader, a story one can touch, and a program that runs."""

from __future__ import annotations

import json
from pathlib import Path

from firefox import Firefox, firefox

from halfway.catalog.turns import of_the_day
from halfway.cli.common import now

A_DAY = 20
"""So many pages: each one in three days."""
NEAR = "(document.querySelector('.stub')?.scrollIntoView(), !!document.querySelector('.lab .cm-content'))"
STATUS = "document.querySelector('.lab-desk > .lab-results > .lab-status').textContent"


def pressed(browser: Firefox, words: str, within: str = "body") -> None:
    """Presses the first button with these words."""
    found = f"[...document.querySelectorAll('{within} button')].find((one) => one.textContent === '{words}')"
    browser.wait(f"!!{found} && !{found}.disabled")
    browser.evaluate(f"({found}).click() ?? true")


def test_a_reader_with_firefox_has_all_of_it(lab_url: str, texts: dict[str, str], tmp_path: Path) -> None:
    """Stub, wrong idea, its story changed, a program run, the right answer: and not one complaint."""
    with firefox(tmp_path) as browser:
        browser.opens(lab_url)
        browser.wait(NEAR)
        assert browser.evaluate("document.querySelector('.cm-activeLine').textContent.trim()") == (
            "raise NotImplementedError"
        )
        put(browser, texts["key_per_attempt"])
        pressed(browser, "Run", ".lab-bar")
        browser.wait(f"{STATUS}.includes('promises kept')")
        pressed(browser, "Go through the story")
        browser.wait("!!document.querySelector('.lab-story-box[data-status=broken]')")
        pressed(browser, "Take it back")
        browser.wait("!!document.querySelector('.lab-story-box[data-status=kept]')")
        assert browser.evaluate("location.hash").startswith("#story=41/")
        pressed(browser, "Skip, and run it")
        browser.wait("document.querySelector('.program-ran').textContent.includes('the phone rang')")
        put(browser, texts["solution"])
        browser.evaluate("document.querySelector('.cm-content').focus() ?? true")
        browser.presses("Control+Enter")
        browser.wait(f"{STATUS}.startsWith('All ')")
        assert browser.complaints == []


def put(browser: Firefox, text: str) -> None:
    """Puts a whole text into the editor."""
    view = "document.querySelector('.cm-content').cmTile.view"
    change = f"{{from: 0, to: {view}.state.doc.length, insert: {json.dumps(text)}}}"
    browser.evaluate(f"({view}.dispatch({{changes: {change}}}), true)")


def test_firefox_takes_the_pages_as_they_are(address: str, pages: list[str], tmp_path: Path) -> None:
    """No page makes Firefox complain, and none is wider than its window: over the days each has its turn.

    The first page is opened every day. (Chromium opens each page every day: test_site.py.)
    """
    with firefox(tmp_path, offline=False) as browser:
        wide = []
        for name in pages[:1] + of_the_day(pages[1:], A_DAY, now().toordinal()):
            browser.opens(address + name)
            browser.wait("document.querySelectorAll('pre.mermaid').length === 0")
            if browser.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            ):
                wide.append(name)
        assert (browser.complaints, wide) == ([], [])
