"""A message between two lanes of a terminal, drawn with characters in the room beside its words."""

from __future__ import annotations

from dataclasses import dataclass

from halfway.render.arrows import Arrow

LEAST = 4
"""Fewer characters than this show no direction: nothing is drawn."""

ROOM = 8
"""So many characters a lane is wider than its words, where the terminal has them."""


@dataclass(frozen=True)
class Pen:
    """The characters of a request, of a reply, of their heads, and of the mark where one is lost."""

    request: str
    reply: str
    left: str
    right: str
    lost: str


LINES = Pen("─", "╌", "◀", "▶", "✗")
LETTERS = Pen("-", ".", "<", ">", "x")
"""For a terminal that writes nothing but ASCII."""


def stroke(arrow: Arrow, room: int, pen: Pen, *, rightwards: bool) -> str:
    """Draws the message as `room` characters, or nothing where they are too few.

    `rightwards` says that the other lane is on the right of the words. A reply comes from there, a request
    goes there; a lost one ends in the middle.
    """
    if room < LEAST:
        return ""
    shaft = pen.reply if arrow.is_reply else pen.request
    to_the_right = rightwards != arrow.is_reply
    if arrow.lost:
        half = shaft * (room // 2 - 1) + pen.lost
        return half.ljust(room) if to_the_right else half[::-1].rjust(room)
    return shaft * (room - 1) + pen.right if to_the_right else pen.left + shaft * (room - 1)
