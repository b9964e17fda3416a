"""In a terminal a message is an arrow between its lanes, where there is room for one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_render_svg import TALK

from halfway.render.arrows import Arrow
from halfway.render.lanes import Lanes
from halfway.render.strokes import LEAST, LETTERS, LINES, Pen, stroke
from halfway.render.text import plain


def drawn(pen: Pen | None, width: int = 100) -> list[str]:
    return [line.rstrip() for line in plain(Lanes((TALK,), width, pen).lines(TALK)).splitlines()]


def test_each_message_is_drawn_between_its_lanes() -> None:
    """A request goes to its lane, a reply comes back, and a lost one ends in the gap with a mark."""
    asked, _, _, unheard, lost, *_, heard = drawn(LINES)[1:]
    assert asked.endswith("ring('disk')  line 38 ────────────────────▶")
    assert unheard.endswith("no reply     ✗╌╌╌")
    assert lost.endswith("ring('disk')  line 38 ─────────✗")
    assert heard.endswith("ring gives 'receipt' ◀╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌")


def test_an_arrow_ends_where_its_lane_begins() -> None:
    """The head of a request stands before the words of the other lane, in the same column in every row."""
    lines = drawn(LINES)
    phone = lines[0].index("phone")
    assert {line.index("▶") for line in lines if "▶" in line} == {phone - 2}


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_arrows_leave_every_word_and_fit(width: int) -> None:
    """At any width the words are those of a story without arrows, and no line gets too wide."""
    lines = drawn(LINES, width)
    signs = dict.fromkeys(map(ord, f"{LINES.request}{LINES.reply}{LINES.left}{LINES.right}{LINES.lost}"), " ")
    assert " ".join(lines).translate(signs).split() == " ".join(drawn(None, width)).split()
    assert max(map(len, lines)) <= width


def test_a_lane_on_the_left_is_reached_too() -> None:
    """Who is called may stand on the left: the head points there."""
    talk = [replace(event, who="phone", to="your code") for event in TALK if event.kind == "request"]
    talk.insert(0, replace(TALK[2], who="your code", what="starts", kind=""))
    lines = plain(Lanes((talk,), 80, LETTERS).lines(talk)).splitlines()
    assert "<---" in lines[2]
    assert lines[2].index("<") < lines[2].index("ring(")


@pytest.mark.parametrize("rightwards", [False, True])
@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("is_reply", [False, True])
def test_a_stroke_fills_its_room(is_reply: bool, lost: bool, rightwards: bool) -> None:
    """It is as long as its room, has one end with a sign, and is not drawn where it would show nothing."""
    arrow = Arrow(0, "phone", is_reply, lost)
    made = stroke(arrow, 20, LETTERS, rightwards=rightwards)
    assert len(made) == 20
    assert sum(made.count(sign) for sign in "<>x") == 1
    assert stroke(arrow, LEAST - 1, LETTERS, rightwards=rightwards) == ""
