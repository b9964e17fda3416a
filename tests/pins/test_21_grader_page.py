"""What the page on the grader shows, checked against the grader."""

from pathlib import Path

import pytest

from halfway import catalog
from halfway.grading import grade
from halfway.render.text import verdict_text

pytestmark = pytest.mark.pin

PAGE = "docs/how_the_grader_tries_to_break_your_code.md"
WIDTH = 80  # What a block of the page holds on a narrow screen.


def test_the_timeline_on_the_page_is_what_the_grader_shows(tmp_path: Path):
    """The page shows, line by line, what the grader says to `counts_replies`, and how to tell it again."""
    page = Path(catalog.root(), PAGE).read_text(encoding="utf-8")
    _, _, shown = page.partition("```text\n")
    shown, _, _ = shown.partition("```")
    unit = catalog.find("21")
    mutant = catalog.write_out(unit, unit.mutant("counts_replies"), tmp_path)
    said = verdict_text(grade(unit.slug, mutant), width=WIDTH)
    assert shown in said
    _, told, replay = page.partition("course.py grade 21 --replay ")
    assert told
    assert f"--replay {replay.partition(chr(10))[0]}\n" in f"{said}\n"
