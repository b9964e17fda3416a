"""Progress on lists and on its page; work goes out and comes in as the zip that the terminal understands."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lab_page import Reader

from halfway import catalog

if TYPE_CHECKING:
    from playwright.sync_api import Page

MINE, OTHER = "mine = 1\n", "other = 2\n"
PLACE = "exercises/ex41_dedup_key/keys.py"


def zipped(files: dict[str, bytes]) -> bytes:
    """Gives a zip with these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def opened(page: Page, content: bytes, name: str = "work.zip", button: str = "Open my work") -> None:
    """Opens a file on the page of progress."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button).click()
    chooser.value.set_files([{"name": name, "mimeType": "application/octet-stream", "buffer": content}])


def said(page: Page, words: str) -> None:
    """Waits until the page says something with these words."""
    page.locator("[data-progress] [role=status]", has_text=words).wait_for()


def test_lists_show_how_far_a_learner_is(ana: Reader, address: str, texts: dict[str, str]) -> None:
    """Begun, tried, solved: the marks follow a run in another tab at once."""
    tab = ana.opens()
    lists = ana.context.new_page()
    lists.goto(f"{address}concepts/")
    mark = lists.locator("[data-unit=ex41_dedup_key] .lab-mark-unit")
    mark.wait_for(state="attached")
    assert mark.inner_text() == ""
    tab.types(texts["key_per_attempt"])
    tab.runs("broken")
    lists.get_by_text("~ 1 attempt", exact=True).wait_for()
    tab.types(texts["solution"])
    tab.runs("kept")
    lists.get_by_text("✓ solved, 2 attempts", exact=True).wait_for()
    lists.goto(f"{address}progress/")
    lists.get_by_text(f"1 of {len(catalog.units())} units solved in this browser.").wait_for()


def test_work_goes_out_and_comes_in(ana: Reader, address: str) -> None:
    """The zip is laid out as the course is; opening one asks, and puts aside what was there."""
    tab = ana.opens()
    page = ana.context.new_page()
    page.goto(f"{address}progress/")
    page.get_by_role("button", name="Download my work").click()
    said(page, "There is no work in this browser yet")
    tab.types(MINE)
    # The other page of a browser hears of what one has kept a moment later.
    page.wait_for_function("() => localStorage.getItem('halfway:work:ex41_dedup_key')")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download my work").click()
    with zipfile.ZipFile(Path(caught.value.path())) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == {PLACE: MINE}
    both = {PLACE: OTHER.encode(), "course/exercises/ex99_gone/x.py": b"x", "notes.txt": b"x"}
    opened(page, zipped(both))
    page.get_by_role("button", name="Leave mine").click()
    said(page, "Nothing was changed.")
    opened(page, zipped(both))
    page.get_by_role("button", name="Open the zip").click()
    said(page, "Opened: ex41_dedup_key. Left alone: ex99_gone/x.py.")
    assert tab.stored("work:ex41_dedup_key")["text"] == OTHER
    assert [one["text"] for one in tab.stored("kept:ex41_dedup_key")] == [MINE]
    tab.lab.locator("[data-kind=foreign]").wait_for()
    assert tab.text == MINE


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read as a zip"),
        (b"PK\x03\x04 and then nothing", "cannot be read as a zip"),
        (zipped({PLACE: b"x = 1\n" * 500})[:-60], "cannot be read as a zip"),
        (zipped({"notes.txt": b"x"}), "There is no work in this zip"),
        (zipped({PLACE: b"\xff\xfe\x00"}), "is no text"),
        (zipped({PLACE: b"x" * 600_000}), "There is no work in this zip"),
    ],
    ids=["empty", "half a head", "cut off", "something else", "no text", "too large"],
)
def test_a_bad_zip_changes_nothing(ana: Reader, address: str, content: bytes, words: str) -> None:
    """Whatever is opened instead of a zip with work, one line says what it was, and the work is untouched."""
    page = ana.context.new_page()
    page.goto(f"{address}progress/")
    work = json.dumps({"version": 2, "value": {"text": MINE, "file": "keys.py"}})
    page.evaluate("(work) => localStorage.setItem('halfway:work:ex41_dedup_key', work)", work)
    before = page.evaluate("() => JSON.stringify(localStorage)")
    opened(page, content)
    said(page, words)
    said(page, "Nothing was changed.")
    assert page.evaluate("() => JSON.stringify(localStorage)") == before


def test_progress_goes_out_and_comes_in(ana: Reader, address: str) -> None:
    """What the terminal wrote is taken in, nothing becomes less, and keys that are not known are kept."""
    page = ana.context.new_page()
    page.goto(f"{address}progress/")
    solved = "2026-03-01T10:00:00+00:00"
    theirs = {"first_solved_at": solved, "attempts": 4, "hints_seen": 1, "peeked": False, "later": "kept"}
    data = {"about": "", "version": 1, "units": {"ex41_dedup_key": theirs, "no unit": {}}}
    opened(page, json.dumps(data).encode(), "progress.json", "Import progress")
    said(page, "1 unit")
    page.get_by_text("✓ solved, 4 attempts, 1 hint", exact=True).wait_for()
    opened(page, b'{"units": {"ex41_dedup_key": {"attempts": 1}}}', "progress.json", "Import progress")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Export progress").click()
    written = json.loads(Path(caught.value.path()).read_text(encoding="utf-8"))["units"]["ex41_dedup_key"]
    assert theirs.items() <= written.items()
    for bad in (b"no json", b"[]", b'{"units": []}'):
        opened(page, bad, "progress.json", "Import progress")
        said(page, "This file is no progress file")
