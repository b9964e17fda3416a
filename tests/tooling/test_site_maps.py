"""The placement map: where a page stands, in at most seven boxes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import site_course

from halfway import catalog
from halfway.site.errors import Wrong
from halfway.site.maps import NODES_MAX, Map, placement


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of two units and a capstone page."""
    made = site_course.make(tmp_path / "course")
    stage = "# Capstone: one system\n\n## Stage 5: retry policy {#ex75}\n"
    site_course.write(made / "docs/concepts/7_capstone/index.md", stage)
    return made


def map_of(course: Path, slug: str) -> Map:
    """Gives the map of one unit."""
    return placement(catalog.find(slug, course))


def test_a_map_has_at_most_seven_boxes_and_marks_one(course: Path) -> None:
    """Family, program, module, page, exercise and capstone, one neighbour, and one of them is here."""
    for slug in ("41", "42"):
        nodes = map_of(course, slug).nodes
        assert len(nodes) <= NODES_MAX
        names = [node.name for node in nodes]
        assert names[:6] == ["family", "program", "module", "here", "exercise", "capstone"]
        assert [node.name for node in nodes if node.looks == "here"] == ["here"]


def test_every_arrow_is_labelled_and_maps_differ(course: Path) -> None:
    """No two pages have the same labels, and no arrow is without one."""
    first, second = (map_of(course, slug) for slug in ("41", "42"))
    assert all(arrow.label for arrow in (*first.arrows, *second.arrows))
    assert [a.label for a in first.arrows] != [a.label for a in second.arrows]


def test_a_map_says_what_the_page_is_for(course: Path) -> None:
    """The arrow from the page to its exercise is the page's Purpose."""
    label = next(arrow.label for arrow in map_of(course, "41").arrows if arrow.end == "exercise")
    assert label == "Derive one key from the intent"


def test_a_map_names_the_stage_as_the_capstone_page_does(course: Path) -> None:
    """The title of a stage has one home, and the box leads there."""
    box = next(node for node in map_of(course, "41").nodes if node.name == "capstone")
    assert box.words == "Capstone: Stage 5: retry policy"
    assert box.link == "../../7_capstone/#ex75"


def test_a_page_that_builds_on_another_shows_that_one(course: Path) -> None:
    """The neighbour is what the unit needs, else what comes after it."""
    first, second = (map_of(course, slug).nodes[-1] for slug in ("41", "42"))
    assert (first.name, first.words) == ("after", "42 A marker is durable")
    assert (second.name, second.words) == ("before", "41 A key names the intent")
    assert second.link == "../41_claim/"
    assert map_of(course, "41").arrows[-1].label == "leads on to"


def needs(course: Path, slug: str, others: str) -> None:
    """Writes down what a unit needs."""
    facts = course / "exercises" / slug / "exercise.toml"
    facts.write_text(re.sub("needs = .*", f"needs = {others}", facts.read_text("utf-8")), encoding="utf-8")


def test_a_page_leads_on_to_one_that_builds_on_it(course: Path) -> None:
    """A page that only comes next by its number is not said to build on this one."""
    assert map_of(course, "41").arrows[-1].label == "leads on to"
    needs(course, "ex42_publish_once", "[]")
    assert map_of(course, "41").arrows[-1].label == "is followed by"


def test_two_pages_that_come_before_are_both_shown(course: Path) -> None:
    """Both have a box, and the widest gives up its own; what one of them needs is not shown again."""
    site_course.unit(course, "ex43_other", "Another", "Do it.", "[]")
    before = '["ex41_dedup_key", "ex42_publish_once", "ex43_other"]'
    site_course.unit(course, "ex44_last", "The last", "Do it all.", before)
    drawn = map_of(course, "44")
    assert len(drawn.nodes) == NODES_MAX
    assert drawn.nodes[0].name == "program"
    assert [node.words[:2] for node in drawn.nodes[-2:]] == ["42", "43"]
    assert {arrow.start for arrow in drawn.arrows if arrow.label == "comes before"} == {
        "before",
        "before_too",
    }


def test_signs_of_mermaid_and_html_are_harmless(course: Path) -> None:
    """A title may hold quotes, brackets and ampersands."""
    page = course / "docs/concepts/4_same_work_twice/41_claim.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("A key names", 'A "key" <b> & `names`'), encoding="utf-8")
    diagram = map_of(course, "41").mermaid()
    assert 'here["41 A #quot;key#quot; #lt;b#gt; #amp; names the intent"]:::here' in diagram


@pytest.mark.parametrize(
    ("purpose", "label"),
    [
        ("Give one key to one intent: " + "reuse it on each attempt, " * 5, "Give one key to one intent"),
        (
            "Give one key " + "to each intent " * 10 + ".",
            "Give one key" + " to each intent" * 6 + " to each ...",
        ),
    ],
)
def test_a_long_purpose_is_cut_between_words(course: Path, purpose: str, label: str) -> None:
    """An arrow carries what stands before a colon, or as many words as fit."""
    page = course / "docs/concepts/4_same_work_twice/41_claim.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("Derive one key from the intent.", purpose), encoding="utf-8")
    assert label in [arrow.label for arrow in map_of(course, "41").arrows]


def test_a_map_needs_a_purpose(course: Path) -> None:
    """Without a Purpose there is nothing to say on the way to the exercise."""
    page = course / "docs/concepts/4_same_work_twice/41_claim.md"
    page.write_text(page.read_text(encoding="utf-8").replace("## Purpose", "## Why"), encoding="utf-8")
    with pytest.raises(Wrong, match="needs the page's Purpose"):
        map_of(course, "41")
