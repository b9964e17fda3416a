"""The lab for every reader: keyboard, screen reader, zoom, phone, both palettes, and without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from lab_page import Reader, reader

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, ConsoleMessage, Page

FOCUSED = (
    "() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"
)
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The editor's many pieces of text are looked at once a palette, not in every state.
VIOLATIONS = """
async (leftOut) => (await axe.run(
  {include: [".lab, .lab-dialog, [data-progress]"], exclude: leftOut}, {resultTypes: ["violations"]}
)).violations.flatMap(
  (one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`))
"""


def violations(page: Page, *, with_editor: bool = False) -> list[str]:
    """Gives what axe-core objects to in the lab."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [str(line) for line in page.evaluate(VIOLATIONS, [] if with_editor else [".lab-editor"])]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_is_accessible(
    browser: Browser, lab_url: str, address: str, engine: str, texts: dict[str, str], scheme: str
) -> None:
    """axe-core has nothing to say: fresh, running, broken with all unfolded, asking, comparing, solved."""
    with reader(browser, lab_url, engine, color_scheme=scheme) as cleo:
        tab = cleo.opens()
        found = {"fresh": violations(tab.page, with_editor=True)}
        tab.types("while True: pass\n")
        tab.runs("running")
        found["running"] = violations(tab.page)
        tab.press("Stop")
        tab.types(texts["key_per_attempt"])
        tab.runs("broken")
        tab.press("Hint 1 of 3: Where to look")
        tab.page.evaluate(
            "() => document.querySelectorAll('.lab details').forEach((one) => { one.open = true; })"
        )
        found["broken"] = violations(tab.page)
        tab.press("Start again")
        found["asking"] = violations(tab.page)
        tab.press("Go on with mine")
        tab.types(texts["solution"])
        tab.runs("kept")
        tab.types(texts["key_per_attempt"])
        tab.press("See how others did it")
        tab.lab.locator(".lab-diff").first.wait_for()
        found["solved"] = violations(tab.page)
        tab.page.goto(f"{address}progress/")
        tab.page.get_by_role("button", name="Download my work").wait_for()
        found["progress"] = violations(tab.page)
        assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_keyboard_alone_does_everything(ana: Reader, texts: dict[str, str]) -> None:
    """Tab indents in the editor; Escape, then Tab, leaves it; buttons, dialogs and promises follow."""
    tab = ana.opens()
    keys = tab.page.keyboard
    tab.lab.locator(".cm-content").focus()
    keys.press("ControlOrMeta+a")
    keys.insert_text(texts["key_per_attempt"])
    keys.press("Tab")
    assert tab.text.endswith("\n    ")
    keys.press("Shift+Tab")
    keys.press("Escape")
    keys.press("Tab")
    assert tab.page.evaluate(FOCUSED) == "Run"
    keys.press("Enter")
    tab.is_now("broken")
    keys.press("Shift+Tab")
    assert tab.page.evaluate(FOCUSED) == "keys.py, your code"
    keys.press("Escape")
    for wanted in ("Run", "Start again"):
        keys.press("Tab")
        assert tab.page.evaluate(FOCUSED) == wanted
    keys.press("Enter")
    assert tab.page.locator("dialog[open]").is_visible()
    keys.press("Escape")
    assert tab.page.locator("dialog").count() == 0
    assert tab.page.evaluate(FOCUSED) == "Start again"
    keys.press("Tab")
    assert "Refused or unheard" in tab.page.evaluate(FOCUSED)


def test_a_screen_reader_hears_what_happens(ana: Reader, texts: dict[str, str]) -> None:
    """Editor, lab and promises have names; the end of a run is announced, not each piece of it."""
    tab = ana.opens()
    editor = tab.page.get_by_role("textbox", name="keys.py, your code")
    described = editor.get_attribute("aria-describedby")
    assert "Escape, then Tab, leaves" in tab.page.locator(f"#{described}").inner_text()
    assert tab.page.get_by_role("region", name="Lab of exercise 41").count() == 1
    tab.types(texts["key_per_attempt"])
    tab.runs("broken")
    live = tab.lab.get_by_role("status")
    assert [text for text in live.all_inner_texts() if text] == [tab.status()]
    promises = tab.page.get_by_role("list", name="The promises")
    assert promises.get_by_role("listitem").first.inner_text()
    assert tab.lab.locator("svg[role=img]").first.get_attribute("aria-labelledby")


@pytest.mark.parametrize(
    ("width", "height"), [(390, 844), (640, 450)], ids=["a phone", "a window of 1280 pixels at 200 %"]
)
def test_what_is_wide_scrolls_in_its_own_box(
    browser: Browser, lab_url: str, engine: str, texts: dict[str, str], width: int, height: int
) -> None:
    """Neither a verdict nor a difference makes the page scroll; Run is large enough for a finger."""
    size = {"width": width, "height": height}
    with reader(browser, lab_url, engine, viewport=size, has_touch=True, is_mobile=True) as dana:
        tab = dana.opens()
        tab.types(texts["solution"])
        tab.runs("kept")
        tab.types(texts["key_per_attempt"])
        tab.runs("broken")
        tab.press("See how others did it")
        tab.lab.locator(".lab-diff").first.wait_for()
        assert tab.page.evaluate(WIDER) == 0
        box = tab.page.get_by_role("button", name="Run", exact=True).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 40


def test_without_scripts_the_stub_can_be_read(browser: Browser, lab_url: str, texts: dict[str, str]) -> None:
    """The page shows the file, and says what to type in a terminal."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(lab_url)
    stub = page.locator(".stub")
    stub.locator("summary").first.click()
    assert "def dedup_key(alert: Alert) -> str:" in stub.inner_text()
    assert "python3 course.py grade 41" in stub.inner_text()
    context.close()


def test_from_a_file_the_stub_can_be_read(browser: Browser, site: Path, lab_url: str, address: str) -> None:
    """Opened from disk, without modules, the page stays as it was built, and says what to type."""
    context = browser.new_context()
    page = context.new_page()
    page.goto((site / lab_url.removeprefix(address) / "index.html").as_uri())
    page.get_by_role("note").get_by_text("python3 course.py site --serve").wait_for()
    assert page.locator(".stub[data-lab=on]").count() == 0
    assert "python3 course.py grade 41" in page.locator(".stub").inner_text()
    context.close()


def test_where_the_editor_cannot_be_had_the_page_says_so(ana: Reader) -> None:
    """A browser that cannot run the lab, or a lost file of it: the stub stays, with a line beside it."""
    broken = "this is no script"
    ana.context.route("**/lab/c/editor-*.js", lambda route: route.fulfill(body=broken))
    page = ana.context.new_page()
    page.goto(ana.url)
    page.locator(".stub").scroll_into_view_if_needed()
    page.get_by_text("The editor could not be loaded here.").wait_for()
    assert "python3 course.py grade 41" in page.locator(".stub").inner_text()


def is_loud(said: ConsoleMessage) -> bool:
    """Says whether the page complains; that these tests go without a service worker is no complaint of it."""
    return said.type in ("error", "warning") and "blocked by Playwright" not in said.text


def test_no_request_leaves_the_site(
    browser: Browser, lab_url: str, address: str, engine: str, texts: dict[str, str]
) -> None:
    """From the first look to a solved unit, every request is the site's own, and the console stays silent."""
    asked: list[str] = []
    loud: list[str] = []
    with reader(browser, lab_url, engine, diagrams=True) as emil:
        emil.context.on("request", lambda request: asked.append(request.url))
        emil.context.on("console", lambda said: loud.append(said.text) if is_loud(said) else None)
        tab = emil.opens()
        tab.types(texts["solution"])
        tab.runs("kept")
        tab.press("See how others did it")
        tab.lab.get_by_text("The two are equal").first.wait_for()
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert loud == []
