"""A unit is whole, or says that it is a draft; then no reader sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import site_course
import tiny_unit as at
from tiny_unit import Tiny

from halfway.prove import LAWS, Report, prove
from halfway.prove.page import laws_page, page_of
from halfway.site import build, bundle
from halfway.site.published import DRAFTS, published


@pytest.fixture(scope="module")
def lawful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    """A lawful course with one small unit, a draft."""
    course = Tiny(tmp_path_factory.mktemp("lawful") / "course")
    yield course
    course.close()


@pytest.fixture
def tiny(lawful: Tiny) -> Iterator[Tiny]:
    """A lawful course, restored after each test."""
    yield lawful
    lawful.restore()


def whole(tiny: Tiny) -> None:
    """Gives the unit what it needs to be no draft."""
    tiny.change(at.TOML, "draft = true\n", "")
    page = tiny.path(at.WRONG_IDEAS).read_text(encoding="utf-8")
    idea = page[page.index("## one_key_for_all") :]
    more = (idea.replace("one_key_for_all", f"one_key_{number}") for number in range(3))
    tiny.write(at.WRONG_IDEAS, "\n".join([page, *more]))
    tiny.write(at.ALSO.replace("asks", "tries"), tiny.path(at.ALSO).read_text(encoding="utf-8"))


def test_a_whole_unit_is_no_draft(tiny: Tiny) -> None:
    """Five wrong ideas, two other right answers and no place to fill are enough."""
    whole(tiny)
    assert tiny.findings(15) == []
    assert tiny.prover.report.drafts == {}


def test_too_little_is_found(tiny: Tiny) -> None:
    """Two wrong ideas and one other answer are too few, and the next step names both ways out."""
    tiny.change(at.TOML, "draft = true\n", "")
    wrong, also = tiny.findings(15)
    assert (wrong.where, wrong.what) == (at.WRONG_IDEAS, "It has 2 wrong ideas, and 5 are the least.")
    assert (also.where, also.what) == (
        f"{at.SOLUTIONS}/also",
        "It has 1 other right answer, and 2 are the least.",
    )
    assert wrong.next == "write down what else people think, or say `draft = true`"


@pytest.mark.parametrize("name", [at.BRIEF, at.STUB, at.HINTS, at.WRONG_IDEAS, at.SUITE, at.PAGE, at.PINS])
def test_what_waits_to_be_filled_in_is_found(tiny: Tiny, name: str) -> None:
    """A `Fill in` in any file of the unit is found, with its line."""
    whole(tiny)
    lines = tiny.path(name).read_text(encoding="utf-8").count("\n")
    tiny.append(name, "# Fill in: this.\n# Fill in: that.\n")
    (found,) = tiny.findings(15)
    assert found.where == f"{name}:{lines + 1}"
    assert found.what == f"2 places wait to be filled in in {Path(name).name}."


def test_a_draft_says_what_is_missing(tiny: Tiny) -> None:
    """A draft breaks no law, and the report says that it is one, and why."""
    tiny.append(at.NOTES, "Fill in: all.\n")
    report = prove(["91"], course=tiny.course, laws=[15])
    assert report.ok
    said = "it has 2 wrong ideas, and 5 are the least; it has 1 other right answer, and 2 are the least"
    waits = "1 place waits to be filled in in notes.md"
    assert str(report).split("\n\n") == [
        f"{at.SLUG} is a draft, on no page and in no edition: {said}; {waits}.",
        "Every law is kept.",
    ]


def test_a_draft_that_is_whole_is_told_so(tiny: Tiny) -> None:
    """Where nothing is missing, the word is all that is left to take away."""
    whole(tiny)
    tiny.append(at.TOML, "draft = true\n")
    assert "nothing is missing: take `draft = true` out" in str(prove(["91"], course=tiny.course, laws=[15]))


def test_a_draft_is_on_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its page is not built, no list names it, and no bundle has its suite, until its author asks for it."""
    monkeypatch.delenv(DRAFTS, raising=False)
    course = site_course.make(tmp_path / "course")
    facts = course / "exercises" / "ex42_publish_once" / "exercise.toml"
    facts.write_text(facts.read_text(encoding="utf-8") + "draft = true\n", encoding="utf-8")
    assert [unit.slug for unit in published(course)] == ["ex41_dedup_key"]
    build(tmp_path / "site", course=course, progress=lambda _: None)
    pages = {path.parent.name for path in (tmp_path / "site").rglob("index.html")}
    assert ("41_claim" in pages, "42_claim" in pages) == (True, False)
    assert "Publish once" not in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert not any("ex42" in name for name, _ in bundle.files(course))
    monkeypatch.setenv(DRAFTS, "1")
    build(tmp_path / "site", course=course, progress=lambda _: None)
    assert list((tmp_path / "site").rglob("42_claim/index.html"))


def test_the_page_of_the_laws_is_made_of_the_laws(tiny: Tiny) -> None:
    """Every law has its heading and its words; what differs is found, and accepted."""
    text = laws_page(LAWS)
    assert [line.split()[1] for line in text.splitlines() if line.startswith("## ")] == [str(n) for n in LAWS]
    assert "## 13 Time\n\nThe reference is judged in a second of CPU time" in text
    assert prove(course=tiny.course, laws=[1]).ok
    tiny.write("docs/reference/laws.md", "# Old\n")
    (found,) = prove(course=tiny.course, laws=[1]).findings
    assert (found.where, found.next) == ("docs/reference/laws.md", "`halfway prove --accept` writes it anew")
    report: Report = prove(course=tiny.course, laws=[1], accept=True)
    assert "-# Old" in report.diffs[0]
    assert page_of(tiny.course).read_text(encoding="utf-8") == text
