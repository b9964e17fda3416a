"""A learner's text is never lost: two tabs, a closed browser, a full storage, a new stub, a fresh start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lab_page import LabPage, Reader, chromium, prepare

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MINE, OTHER = "mine = 1\n", "other = 2\n"
WORK = "work:ex41_dedup_key"
FILL = """
() => {
  let piece = "x".repeat(1 << 20);
  while (piece.length) {
    try { localStorage.setItem("filler" + Math.random(), piece); }
    catch { piece = piece.slice(1 + piece.length / 2); }
  }
}
"""
DAMAGED = """
() => Object.entries(localStorage)
  .filter(([key]) => key.startsWith("halfway-damaged:")).map(([, text]) => text)
"""
EMPTY = """
() => Object.keys(localStorage)
  .filter((key) => /^filler/.test(key)).forEach((key) => localStorage.removeItem(key))
"""
# What another version may have kept: no value, a value of another type, and a verdict without its frames.
STRANGE = (
    "null",
    "[[1]]",
    '{"version": 9, "value": {"text": "mine = 1\\n", "verdict": {"promises": [{"status": "broken"}]}}}',
)
BEGUN_BEFORE = """
(stub) => localStorage.setItem("halfway:work:ex41_dedup_key", JSON.stringify(
  {text: "mine = 1\\n", stub, file: "keys.py", writer: "before", saved_at: "2026-01-01T00:00:00.000Z"}))
"""


def earlier(tab: LabPage) -> list[str]:
    """Gives the texts that were put aside."""
    return [one["text"] for one in tab.stored("kept:ex41_dedup_key") or []]


def test_two_tabs_ask_and_keep_both(ana: Reader) -> None:
    """Neither tab's text is overwritten unasked; whichever is chosen, the other is kept beside it."""
    one, two = ana.opens(), ana.opens()
    one.types(MINE)
    asked = two.lab.locator("[data-kind=foreign]")
    asked.wait_for()
    assert "changed in another tab" in asked.inner_text()
    two.types(OTHER)
    assert (one.text, two.text) == (MINE, OTHER)
    assert earlier(two) == [MINE]
    two.press("Keep mine")
    assert two.text == two.stored(WORK)["text"] == OTHER
    one.lab.locator("[data-kind=foreign]").wait_for()
    one.press("Compare them")
    assert "other = 2" in one.lab.locator(".lab-diff ins").inner_text()
    one.press("Take the other text")
    assert one.text == one.stored(WORK)["text"] == OTHER
    assert MINE in earlier(one)
    assert one.lab.locator("[data-kind=foreign]").count() == 0


def test_a_closed_browser_has_kept_the_text(
    browser: Browser, tmp_path: Path, lab_url: str, engine: str
) -> None:
    """What was typed is there when the browser is started again."""
    kind = browser.browser_type
    profile, options = str(tmp_path / "profile"), chromium() | {"service_workers": "block"}
    first = kind.launch_persistent_context(profile, **options)
    prepare(first, engine)
    tab = Reader(first, lab_url).opens()
    tab.types(MINE)
    tab.page.keyboard.type("# the last key")
    first.close()
    second = kind.launch_persistent_context(profile, **options)
    assert Reader(second, lab_url).opens().text == MINE + "# the last key"
    second.close()


def test_what_is_taken_from_another_tab_is_what_is_kept(ana: Reader) -> None:
    """A tab that wrote over another's text and then takes it after all shows what a reload shows."""
    one, two = ana.opens(), ana.opens()
    one.types(MINE)
    two.lab.locator("[data-kind=foreign]").wait_for()
    two.types(OTHER)
    two.press("Take the other text")
    assert two.text == two.stored(WORK)["text"] == MINE
    assert OTHER in earlier(two)
    two.page.reload()
    two.ready()
    assert two.text == MINE


def test_a_full_storage_is_told_and_the_text_can_be_downloaded(ana: Reader) -> None:
    """No key is lost in silence: the page says that it cannot save, and hands out the file."""
    tab = ana.opens()
    tab.page.evaluate(FILL)
    tab.types(MINE * 300)
    told = tab.page.get_by_role("alert")
    assert "no room" in told.inner_text()
    with tab.page.expect_download() as caught:
        tab.press("Download my file")
    assert caught.value.suggested_filename == "keys.py"
    assert Path(caught.value.path()).read_text(encoding="utf-8") == MINE * 300
    tab.page.evaluate(EMPTY)
    tab.types(OTHER)
    assert told.count() == 0
    assert tab.stored(WORK)["text"] == OTHER


def test_a_new_stub_is_offered_and_never_put_in_the_place_of_work(ana: Reader, texts: dict[str, str]) -> None:
    """Mine can be kept, what changed can be seen, and the new one begun with; mine is put aside then."""
    page = ana.opens_nothing()
    page.evaluate(BEGUN_BEFORE, "old_stub = True\n")
    tab = ana.opens()
    assert tab.text == MINE
    tab.press("Show what changed")
    difference = tab.lab.locator(".lab-diff")
    assert "old_stub = True" in difference.locator("del").inner_text()
    tab.press("Keep mine")
    tab.page.reload()
    tab.ready()
    assert tab.lab.locator(".lab-notice").count() == 0
    page.evaluate(BEGUN_BEFORE, "old_stub = True\n")
    tab.page.reload()
    tab.ready()
    tab.press("Start from the new one")
    assert tab.text == texts["stub"]
    assert earlier(tab) == [MINE]


def test_starting_again_asks_and_can_be_undone(ana: Reader, texts: dict[str, str]) -> None:
    """A no changes nothing; a yes brings the stub, and the text can be looked at and brought back."""
    tab = ana.opens()
    tab.types(MINE)
    tab.press("Start again")
    tab.press("Go on with mine")
    assert tab.text == MINE
    tab.press("Start again")
    tab.page.get_by_role("dialog").get_by_role("button", name="Start again").click()
    tab.lab.get_by_text("Earlier texts of this unit: 1").click()
    assert tab.text == texts["stub"]
    tab.press("Bring back")
    assert tab.text == MINE
    tab.page.reload()
    tab.ready()
    assert tab.text == MINE


def test_starting_again_without_room_changes_nothing(ana: Reader) -> None:
    """Where a text cannot be put aside the stub does not come, and the text can be downloaded first."""
    tab = ana.opens()
    tab.types(MINE * 300)
    tab.page.evaluate(FILL)
    tab.press("Start again")
    tab.page.get_by_role("dialog").get_by_role("button", name="Start again").click()
    told = tab.page.get_by_role("alert")
    assert "nothing was changed" in told.inner_text()
    assert tab.text == tab.stored(WORK)["text"] == MINE * 300
    tab.page.evaluate(EMPTY)
    tab.press("Start again")
    tab.page.get_by_role("dialog").get_by_role("button", name="Start again").click()
    assert told.count() == 0
    assert earlier(tab) == [MINE * 300]


@pytest.mark.parametrize("kind", ["verdict", "work", "kept", "progress"])
@pytest.mark.parametrize("value", STRANGE)
def test_nothing_that_is_kept_takes_the_lab_away(
    ana: Reader, texts: dict[str, str], kind: str, value: str
) -> None:
    """Whatever stands under a key of ours, the lab is there, runs, and the strange value is put aside."""
    page = ana.opens_nothing()
    page.evaluate(
        "([key, text]) => localStorage.setItem(key, text)", [f"halfway:{kind}:ex41_dedup_key", value]
    )
    tab = ana.opens()
    if kind != "progress":
        assert value in tab.page.evaluate(DAMAGED)
    if kind in ("verdict", "work") and '"text": "mine' in value:
        assert earlier(tab) == [MINE]
    tab.types(texts["solution"])
    tab.runs("kept")


def test_what_version_one_kept_is_read(ana: Reader) -> None:
    """Values without a version, as the first pages wrote them, are what they were."""
    page = ana.opens_nothing()
    page.evaluate(BEGUN_BEFORE, "old_stub = True\n")
    page.evaluate("() => localStorage.setItem('halfway:progress:ex41_dedup_key', '{\"hints_seen\": 2}')")
    tab = ana.opens()
    assert tab.text == MINE
    assert tab.lab.locator(".lab-hints > li").count() == 2


def test_what_cannot_be_read_is_put_aside(ana: Reader, texts: dict[str, str]) -> None:
    """A damaged entry is kept under another name, and the page works."""
    page = ana.opens_nothing()
    page.evaluate("() => localStorage.setItem('halfway:work:ex41_dedup_key', '{\"text\": \"mi')")
    tab = ana.opens()
    assert tab.text == texts["stub"]
    tab.types(MINE)
    assert tab.page.evaluate(DAMAGED) == ['{"text": "mi']


def test_without_storage_the_lab_works_and_says_so(ana: Reader, texts: dict[str, str]) -> None:
    """A browser that forbids storage is told about with the first key, and a run works."""
    forbidden = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no'); }});"
    ana.context.add_init_script(forbidden)
    tab = ana.opens()
    tab.types(texts["solution"])
    assert tab.page.get_by_role("alert").is_visible()
    tab.runs("kept")
