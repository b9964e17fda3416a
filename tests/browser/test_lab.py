"""The lab of a unit: edit in the page, run, read the verdict. The engine is a stand-in with real verdicts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lab_page import ALL, KEPT, Reader, reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ENDLESS = "while True:\n    pass\n"


def test_a_wrong_idea_is_run_and_survives_a_reload(ana: Reader, texts: dict[str, str]) -> None:
    """A run opens the first broken promise; text and verdict are there after a reload."""
    tab = ana.opens()
    assert tab.text == texts["stub"]
    tab.types(texts["key_per_attempt"])
    tab.runs("broken")
    opened = tab.lab.locator("li details[open]")
    assert opened.count() == 1
    shown = opened.inner_text()
    assert re.search(r"Saw\s.*called 2 times", shown)
    assert "Rule" in shown
    assert "Ask" in shown
    assert "the reply is lost" in opened.locator("svg[role=img] desc").text_content()
    assert "Every request needs a key of its own" in tab.lab.inner_text()
    said = tab.status()
    assert re.match(rf"{KEPT} of {ALL} promises kept; stories checked [\d,]+ times in ", said)
    tab.page.reload()
    tab.ready()
    assert tab.text == texts["key_per_attempt"]
    assert tab.status() == said
    assert tab.lab.locator(".lab-desk > .lab-results > .lab-stale").is_hidden()
    tab.types(texts["readable_key"])
    assert tab.lab.locator(".lab-desk > .lab-results > .lab-stale").is_visible()


def test_the_solution_keeps_every_promise(ana: Reader, texts: dict[str, str]) -> None:
    """Ctrl+Enter runs from within the editor; every promise is marked, in words too; the unit is solved."""
    tab = ana.opens()
    tab.types(texts["solution"])
    tab.page.keyboard.press("Control+Enter")
    tab.is_now("kept")
    assert tab.status().startswith(f"All {ALL} promises are kept; ")
    rows = tab.lab.locator(".lab-promises > li")
    assert rows.count() == ALL
    assert all(text.startswith("Kept") for text in rows.locator(".lab-said").all_text_contents())
    assert tab.stored("progress:ex41_dedup_key")["first_solved_at"]


def test_a_run_is_stopped_and_the_page_lives_on(ana: Reader, texts: dict[str, str]) -> None:
    """What had come stays to be read, nothing is noted, and the next run works."""
    tab = ana.opens()
    tab.types(ENDLESS)
    tab.runs("running")
    tab.lab.locator(".lab-promises > [data-status=broken]").first.wait_for()
    assert tab.page.get_by_role("button", name="Run", exact=True).is_disabled()
    tab.press("Stop")
    tab.is_now("ended")
    assert tab.status() == "Stopped. Nothing was noted of this run."
    assert tab.stored("progress:ex41_dedup_key") is None
    tab.types(texts["solution"])
    tab.runs("kept")


def test_a_run_goes_on_while_its_reader_is_elsewhere(ana: Reader, address: str) -> None:
    """Instant navigation keeps the run; coming back shows it, and it can be stopped."""
    tab = ana.opens()
    tab.page.wait_for_load_state("networkidle")
    tab.types(ENDLESS)
    tab.runs("running")
    tab.page.evaluate("() => { window.remembered = true; }")
    tab.page.locator(f"a[href='{address}']").first.click()
    tab.page.wait_for_url(address)
    tab.page.get_by_role("heading", level=1, name="Halfway").wait_for()
    assert tab.page.locator(".stub").count() == 0
    tab.page.go_back()
    tab.ready()
    assert tab.page.evaluate("() => window.remembered") is True
    tab.is_now("running")
    assert tab.text == ENDLESS
    tab.press("Stop")
    tab.is_now("ended")


def test_hints_come_one_at_a_time(ana: Reader) -> None:
    """Each press shows one more, what was seen is seen again after a reload, and the last has no next."""
    tab = ana.opens()
    hints = tab.lab.locator(".lab-hints > li")
    assert hints.count() == 0
    tab.press("Hint 1 of 3: Where to look")
    tab.press("Hint 2 of 3: The idea")
    assert hints.count() == 2
    tab.page.reload()
    tab.ready()
    assert hints.count() == 2
    tab.press("Hint 3 of 3: The shape")
    assert tab.page.get_by_role("button", name=re.compile("^Hint")).count() == 0
    assert tab.stored("progress:ex41_dedup_key")["hints_seen"] == 3


def test_the_solution_is_earned(ana: Reader, texts: dict[str, str]) -> None:
    """It is there after three texts that differ in more than spaces, after a warning, as a difference."""
    tab = ana.opens()
    solution = tab.page.get_by_role("button", name="Compare with the solution")
    tab.runs("broken")
    tab.types(texts["key_per_attempt"])
    tab.runs("broken")
    tab.runs("broken")
    assert tab.stored("progress:ex41_dedup_key")["attempts"] == 1
    assert "after 2 more attempts" in tab.lab.inner_text()
    tab.types(texts["readable_key"])
    tab.runs("broken")
    assert solution.is_hidden()
    tab.types(texts["joined_names"])
    tab.runs("broken")
    solution.click()
    tab.press("Go on alone")
    assert tab.lab.locator(".lab-diff").count() == 0
    solution.click()
    tab.press("Show the solution")
    difference = tab.lab.locator(".lab-diff").first
    difference.wait_for()
    assert difference.locator("ins").count() >= 1
    assert difference.locator("del").count() >= 1
    assert tab.stored("progress:ex41_dedup_key")["peeked"] is True


def test_an_engine_that_cannot_start_is_told(ana: Reader) -> None:
    """Where Python cannot be had, one kind line says so, and the text is untouched."""
    ana.context.unroute_all()
    ana.context.route("**/assets/web/lab/c/engine-*.js", lambda route: route.abort())
    tab = ana.opens()
    tab.types("mine = 1\n")
    tab.runs("ended")
    assert tab.status().startswith("Python could not run in this page: ")
    assert tab.text == "mine = 1\n"


def test_the_task_stands_beside_the_code(ana: Reader) -> None:
    """The brief's parts stand at the editor, and the editor opens at the first place to write."""
    tab = ana.opens()
    task = tab.page.get_by_role("region", name="The task")
    assert task.locator("summary").all_inner_texts() == ["The situation", "What to change", "Done when"]
    first = tab.lab.locator(".cm-activeLine")
    assert first.inner_text().strip() == "raise NotImplementedError"
    assert tab.page.evaluate("() => scrollY + innerHeight < document.body.scrollHeight")
    seen = first.bounding_box()
    editor = tab.lab.locator(".cm-scroller").bounding_box()
    assert seen is not None
    assert editor is not None
    assert editor["y"] < seen["y"] < editor["y"] + editor["height"] / 2


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_no_line_of_the_contract_is_clipped(browser: Browser, lab_url: str, engine: str, width: int) -> None:
    """A line that is wider than the editor goes on below itself: nothing has to be scrolled sideways."""
    with reader(browser, lab_url, engine, viewport={"width": width, "height": 900}) as eva:
        tab = eva.opens()
        assert tab.lab.locator(".cm-scroller").evaluate("(box) => box.scrollWidth - box.clientWidth") <= 0


def test_the_editor_may_have_the_whole_window(ana: Reader) -> None:
    """Wide puts the task beside a wider editor; pressed again, the page's lists are back."""
    tab = ana.opens()
    editor = tab.lab.locator(".lab-editor")
    before = editor.bounding_box()
    tab.press("Wide")
    task, after = tab.lab.locator(".lab-task").bounding_box(), editor.bounding_box()
    assert before is not None
    assert task is not None
    assert after is not None
    assert after["width"] > before["width"]
    assert task["x"] + task["width"] <= after["x"]
    assert tab.page.locator(".md-sidebar").first.is_hidden()
    tab.press("Wide")
    assert tab.page.locator(".md-sidebar").first.is_visible()


def test_the_examples_are_run_before_the_promises(ana: Reader, texts: dict[str, str]) -> None:
    """They stand before the editor, run alone, and their run is no attempt."""
    tab = ana.opens()
    assert "test_the_receipt_comes_back" in tab.lab.locator(".lab-examples").text_content()
    tab.types(texts["solution"])
    tab.press("Run the examples")
    told = tab.lab.locator(".lab-examples .lab-status")
    told.get_by_text("All 4 examples work.").wait_for()
    assert tab.page.get_by_role("list", name="4 examples kept").get_by_role("listitem").count() == 4
    assert tab.stored("progress:ex41_dedup_key") is None
    assert tab.lab.get_attribute("data-state") == "idle"


def test_what_helps_stands_before_what_is_kept(ana: Reader, texts: dict[str, str]) -> None:
    """After a verdict come the known wrong idea, what is broken, the hint, and then, folded, the kept."""
    tab = ana.opens()
    tab.types(texts["key_per_attempt"])
    tab.runs("broken")
    kept = tab.lab.get_by_text(f"{KEPT} promises kept", exact=True)
    order = (
        tab.lab.get_by_text("Every request needs a key of its own"),
        tab.page.get_by_role("list", name="The promises"),
        tab.page.get_by_role("button", name="Hint 1 of 3: Where to look"),
        kept,
    )
    heights = [(part.bounding_box() or {})["y"] for part in order]
    assert heights == sorted(heights)
    listed = tab.page.get_by_role("list", name=kept.inner_text())
    assert listed.is_hidden()
    kept.click()
    assert listed.get_by_role("listitem").count() == KEPT


def test_what_is_not_written_yet_is_one_line(ana: Reader) -> None:
    """An untouched stub has no red crosses: one line names what is to be written and leads there."""
    tab = ana.opens()
    tab.runs("broken")
    rows = tab.page.get_by_role("list", name="The promises").locator("> li")
    assert rows.count() == 1
    assert "Still to be written: publish, dedup_key and __init__" in rows.inner_text()
    assert tab.lab.locator(".lab-mark", has_text="✗").count() == 0
    rows.get_by_role("button", name=re.compile(r"^line \d+$")).first.click()
    assert tab.lab.locator(".cm-activeLine").inner_text().strip() == "raise NotImplementedError"


def test_a_file_that_cannot_be_read_is_one_line(ana: Reader, texts: dict[str, str]) -> None:
    """A syntax error is told once, with its line, in the place of all promises."""
    tab = ana.opens()
    tab.types(texts["no_python"])
    tab.runs("broken")
    rows = tab.page.get_by_role("list", name="The promises").locator("> li")
    assert rows.count() == 1
    assert "line 1" in rows.inner_text()


def test_whoever_has_solved_it_is_told_where_to_go_on(ana: Reader, texts: dict[str, str]) -> None:
    """What was learned in one sentence, the next unit as a link, and how others did it."""
    tab = ana.opens()
    tab.types(texts["solution"])
    tab.runs("kept")
    told = tab.lab.locator(".lab-solved")
    assert "You can now tell a repeat from new work" in told.inner_text()
    link = told.get_by_role("link", name=re.compile("^42 "))
    tab.press("See how others did it")
    tab.lab.locator("summary", has_text="The key is a name-based UUID").click()
    assert tab.lab.locator(".lab-more[open] .lab-diff ins").count() > 3
    link.click()
    tab.page.wait_for_url("**/42_*/")


def test_a_guideline_names_its_promises_in_words(ana: Reader) -> None:
    """No guideline shows the name of a test: each shows the sentences that hold it, as links."""
    tab = ana.opens()
    held = tab.page.locator("h2#practical-guidelines + ul ul.held").first
    assert "one alert rings the phone once" in held.inner_text()
    assert held.get_by_role("link").first.get_attribute("href").endswith("#exercise")
    assert "test_" not in tab.page.locator("h2#practical-guidelines + ul").inner_text()
