"""A timeline is drawn as lanes: well formed, the same every time, told in words too, without scripts."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from halfway.grading import Event
from halfway.render.arrows import decisive, traffic_of
from halfway.render.svg import timeline_svg, told

STORY = (
    Event(0.0, "your code", "ring('<disk> & \"co\"')  line 38"),
    Event(0.0, "", "the reply is lost", fault=True),
    Event(1.0, "phone", "rings  key disk#1"),
    Event(3600.0, "your code", "ring raises TimeoutError: no reply"),
)
SVG = "{http://www.w3.org/2000/svg}"


def _tree(**options: bool) -> ElementTree.Element:
    return ElementTree.fromstring(timeline_svg(STORY, standalone=True, **options))


def test_a_drawing_has_a_title_and_says_everything_in_words() -> None:
    """Whoever does not see it hears its title and every event, the fault as a fault."""
    tree = _tree()
    title, desc = tree.find(f"{SVG}title"), tree.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert tree.get("role") == "img"
    assert tree.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert desc.text == told(STORY)
    assert "0.000 s, fault: the reply is lost." in told(STORY)


def test_every_word_of_the_story_is_drawn() -> None:
    """Each event stands in the drawing, with the characters that it has."""
    drawn = " ".join(text.text or "" for text in _tree().iter(f"{SVG}text"))
    for word in [
        "<disk>",
        '"co"',
        "line 38",
        "the reply is lost",
        "TimeoutError:",
        "your code",
        "phone",
        "3,600.000 s",
    ]:
        assert word in drawn


def test_nothing_leaves_its_picture() -> None:
    """Every text ends inside of the drawing, and no lane's text reaches the next lane."""
    tree = _tree()
    width, height = float(tree.get("width", "0")), float(tree.get("height", "0"))
    for text in tree.iter(f"{SVG}text"):
        if text.get("text-anchor") != "end":
            assert float(text.get("x", "0")) + 7.3 * len(text.text or "") <= width + 1
        assert float(text.get("y", "0")) < height


def test_equal_timelines_give_equal_drawings() -> None:
    """Nothing of time, chance or addresses is in a drawing; two different ones have two ids."""
    assert timeline_svg(STORY) == timeline_svg(list(STORY))
    ids = [re.findall(r'id="(\w+)"', timeline_svg(story))[0] for story in (STORY, STORY[:2])]
    assert ids[0] != ids[1]


def test_a_drawing_runs_nothing_and_loads_nothing() -> None:
    """No script, no link, no image, no font from elsewhere."""
    svg = timeline_svg(STORY)
    assert not re.search(r"<script|href|url\(|@import|on\w+=", svg)


def test_every_colour_has_a_fallback() -> None:
    """On a page without our colours a drawing uses those of the text around it."""
    for variable in re.findall(r"var\([^)]*\)", timeline_svg(STORY)):
        assert "," in variable


@pytest.mark.parametrize("text", ["", "\x00\x1b[31m\ud800 \uffff", "x" * 500, "]]> <!-- --> &amp;"])
def test_strange_text_does_not_break_a_drawing(text: str) -> None:
    """What a learner's code says is drawn as text, whatever it holds."""
    svg = timeline_svg((Event(0.0, "phone", text), Event(0.0, "", text, fault=True)), standalone=True)
    svg.encode()
    ElementTree.fromstring(svg)


def test_no_events_are_drawn_too() -> None:
    """An empty timeline is a drawing with its lanes alone."""
    assert "your code" in timeline_svg(())


TALK = (
    Event(0.0, "your code", "ring('disk')  line 38", kind="request", to="phone"),
    Event(0.0, "", "the reply is lost", fault=True, kind="loss", to="phone"),
    Event(1.0, "phone", "rings"),
    Event(2.0, "your code", "ring raises TimeoutError: no reply", kind="reply", to="phone"),
    Event(2.0, "your code", "ring('disk')  line 38", kind="request", to="phone"),
    Event(2.0, "", "the request is lost", fault=True, kind="loss", to="phone"),
    Event(4.0, "your code", "ring raises TimeoutError: no reply", kind="reply", to="phone"),
    Event(4.0, "your code", "ring('disk')  line 38", kind="request", to="phone"),
    Event(5.0, "phone", "rings"),
    Event(6.0, "your code", "ring gives 'receipt'", kind="reply", to="phone"),
)


def test_a_message_is_an_arrow_and_a_lost_one_ends_in_the_gap() -> None:
    """Each request goes to its lane and each reply comes back; a lost one never arrives."""
    traffic = traffic_of(TALK)
    assert [(arrow.at, arrow.is_reply, arrow.lost) for arrow in traffic.arrows] == [
        (0, False, False),
        (3, True, True),
        (4, False, True),
        (7, False, False),
        (9, True, False),
    ]
    assert [(work.begins, work.ends) for work in traffic.work] == [(0, 3), (7, 9)]


def test_a_killed_process_has_no_line_until_the_next_one() -> None:
    """The lane of the code breaks off at the kill and goes on with the next process."""
    killed = (
        Event(0.0, "your code", "process 1 starts"),
        Event(0.0, "your code", "ring('disk')  line 38", kind="request", to="phone"),
        Event(1.0, "", "killed while ring is under way", fault=True, kind="kill"),
        Event(1.0, "your code", "process 2 starts"),
    )
    (work,) = traffic_of(killed).work
    assert (work.begins, work.ends) == (1, 2)
    alive = timeline_svg(killed).count("V")
    assert alive == timeline_svg(killed[:2]).count("V") + 1


def test_a_row_can_be_touched_and_leads_to_its_line() -> None:
    """Every event has a place that says which it is, and which line of the code it stands for."""
    rows = re.findall(r'<rect data-at="(\d+)"(?: data-line="(\d+)")?', timeline_svg(TALK))
    assert [int(at) for at, _ in rows] == list(range(len(TALK)))
    assert [line for _, line in rows if line] == ["38", "38", "38"]


def test_a_drawing_names_its_decisive_lane() -> None:
    """What a narrow window shows first is the lane in which the fault shows."""
    assert decisive(TALK) == "phone"
    assert "data-decisive=" in timeline_svg(TALK)
    assert "data-decisive=" not in timeline_svg(TALK[2:4])
