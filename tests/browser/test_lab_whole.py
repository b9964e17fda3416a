"""The lab with the real grader, as a reader meets it: on a plain host, from the stub to the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lab_page import ALL, KEPT, WAIT_MS, LabPage

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
    assert re.match(rf"0 of {ALL} promises kept; stories checked [\d,]+ times", tab.status())
    assert "Still to be written: publish" in tab.page.get_by_role("list", name="The promises").inner_text()
    tab.types(texts["key_per_attempt"])
    tab.runs("broken")
    assert re.match(rf"{KEPT} of {ALL} promises kept; stories checked [\d,]+ times in ", tab.status())
    opened = tab.lab.locator("li details[open]")
    assert re.search(r"Saw\s.*called 2 times", opened.inner_text())
    assert "the reply is lost" in opened.locator("svg[role=img] desc").text_content()
    assert "Every request needs a key of its own" in tab.lab.inner_text()
    tab.types(texts["solution"])
    tab.runs("kept")
    status = tab.status()
    assert re.match(rf"All {ALL} promises are kept; ", status)
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


def test_a_story_is_gone_through_and_changed(
    dora: BrowserContext, lab_url: str, texts: dict[str, str]
) -> None:
    """By keyboard alone a fault is put on a step and taken back, and the address tells the story."""
    page = dora.new_page()
    page.goto(lab_url)
    tab = LabPage(page)
    tab.ready()
    tab.types(texts["key_per_attempt"])
    tab.runs("broken")
    page.get_by_role("button", name="Go through the story").first.press("Enter")
    story = page.get_by_role("region", name="A story to go through")
    says = story.get_by_role("status")
    says.get_by_text("This story breaks the promise.").wait_for()
    assert page.url.endswith("#story=41/1/ring~1~the-reply-is-lost")
    assert page.evaluate("() => document.activeElement.textContent") == "Take it back"
    page.keyboard.press("Enter")
    says.get_by_text("The promise is kept in this story, as it goes by itself.").wait_for()
    called = story.locator(".lab-step", has_text="ring(").first
    called.locator("summary").press("Enter")
    called.get_by_role("button", name="the call is refused", exact=True).press("Enter")
    says.get_by_text("The promise is kept in this story, with 1 thing that goes wrong.").wait_for()
    assert page.url.endswith("#story=41/1/ring~1~the-call-is-refused")
    called = story.locator(".lab-step", has_text="ring(").nth(1)
    called.locator("summary").click()
    called.get_by_role("button", name="the reply is lost").click()
    says.get_by_text("This story breaks the promise.").wait_for()
    assert re.search(r"#story=41/1/ring~1~the-call-is-refused\+ring~\d~the-reply-is-lost$", page.url)
    assert story.locator(".lab-fault").count() == 2
    assert story.get_by_text("here the promise is broken").is_visible()


def test_a_story_comes_soon_enough_to_play_with(
    dora: BrowserContext, lab_url: str, texts: dict[str, str]
) -> None:
    """On a warm page the next story stands there within 150 ms of the choice: the best of several is told."""
    page = dora.new_page()
    page.goto(lab_url)
    tab = LabPage(page)
    tab.ready()
    tab.types(texts["key_per_attempt"])
    tab.runs("broken")
    page.get_by_role("button", name="Go through the story").first.click()
    story = page.get_by_role("region", name="A story to go through")
    took = []
    for _ in range(6):
        for words in ("Take it back", "the reply is lost"):
            story.locator("details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
            before = page.url
            story.get_by_role("button", name=words).first.click()
            page.wait_for_function("(before) => location.href !== before", arg=before)
            page.wait_for_function("() => !document.querySelector('.lab-story-box[aria-busy]')")
            took.append(int(story.get_attribute("data-took") or 0))
    assert min(took) < 150, took


def test_a_story_is_shared_by_its_address(dora: BrowserContext, lab_url: str) -> None:
    """A page's own story opens from its address, told of the page's program, and closes again."""
    page = dora.new_page()
    page.goto(f"{lab_url}#story=41:key_per_attempt/2/ring~2~killed")
    story = page.get_by_role("region", name="A story to go through")
    story.locator(".lab-fault", has_text="killed while ring is under way").wait_for()
    assert "However it was stopped" in story.inner_text()
    story.get_by_role("button", name="Close the story").click()
    assert story.count() == 0
    assert "#story" not in page.url
    page.get_by_role("button", name="Go through this story, and change what goes wrong").click()
    story.get_by_text("This story breaks the promise.").wait_for()


def test_a_program_is_answered_first_and_then_run(dora: BrowserContext, lab_url: str) -> None:
    """The answer comes before the run, stands beside what happened, and is there after a reload."""
    page = dora.new_page()
    page.goto(lab_url)
    program = page.locator(".program").first
    run = program.get_by_role("button", name="Run it", exact=True)
    answer = program.get_by_role("textbox", name="Your answer, before you run it")
    answer.wait_for()
    assert run.is_hidden()
    answer.fill("once; the line with uuid4")
    run.click()
    program.get_by_text("the phone rang for").wait_for()
    assert "once; the line with uuid4" in program.locator(".program-both").inner_text()
    page.reload()
    assert answer.input_value() == "once; the line with uuid4"
    answer.fill("")
    page.reload()
    program.get_by_role("button", name="Skip, and run it").click()
    program.get_by_text("the phone rang for").wait_for()


def test_a_program_that_starts_a_thread_is_for_a_terminal(dora: BrowserContext, address: str) -> None:
    """What a page cannot run has no button that runs it; its question is answered all the same."""
    page = dora.new_page()
    page.goto(f"{address}concepts/5_resumable_work/53_cancelled_is_not_stopped/")
    program = page.locator(".program").first
    program.get_by_text("This program starts a thread, so it runs in a terminal").wait_for()
    assert program.get_by_role("textbox", name="Your answer, before you run it").is_visible()
    for name in ("Run it", "Skip, and run it", "Change it"):
        assert program.get_by_role("button", name=name).count() == 0


def test_a_program_may_be_changed_and_cannot_hurt_the_page(dora: BrowserContext, lab_url: str) -> None:
    """What is typed runs; an error names its line, and a loop without end is stopped and told."""
    page = dora.new_page()
    page.goto(lab_url)
    program = page.locator(".program").nth(1)
    program.get_by_role("button", name="Change it").click()
    code = program.get_by_role("textbox", name="41_two_alerts_one_key.py, to change")

    def typed(text: str) -> None:
        code.click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(text)
        page.keyboard.press("Control+Enter")

    typed("print(6 * 7)\nraise ValueError('no')\n")
    program.get_by_text("Line 2: ValueError: no").wait_for()
    assert "42" in program.locator(".program-ran pre").inner_text()
    typed("while True:\n    pass\n")
    program.get_by_text("it was stopped").wait_for()
    typed("print('alive')\n")
    program.locator(".program-ran pre", has_text="alive").wait_for()
