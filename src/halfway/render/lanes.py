"""A timeline as a table: one row an event, one column an actor; on a narrow terminal one line an event."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from halfway.grading.verdict import Event
from halfway.render.arrows import CALLER, YOUR_CODE, Arrow, traffic_of
from halfway.render.strokes import ROOM, Pen, stroke

Span = tuple[str, str]
"""A piece of text, and its style: "", "dim", "head", "fault", "kept", "broken", "mark"."""
Line = list[Span]

NBSP = "\N{NO-BREAK SPACE}"
_LINE = re.compile(r"\bline (\d+)\b")
CELL_MIN = 16
CELL_LINES_MAX = 3
MARGIN = 5
GAP = 2
ROWS_MAX = 60
ITEM_MIN = 18


def seconds(at_s: float) -> str:
    """Gives a virtual time as it stands in a timeline."""
    return f"{at_s:,.3f} s"


def lanes_of(timeline: Sequence[Event]) -> list[str]:
    """Gives the actors: the learner's code, or the caller in a program that is given, and then the others."""
    found = {CALLER if any(event.who == CALLER for event in timeline) else YOUR_CODE: None}
    for event in timeline:
        if not event.fault and event.who:
            found[event.who] = None
    return list(found)


def wrapped(text: str, width: int) -> list[str]:
    """Gives the lines of a text; a word is broken only if it is wider than the line, "line 38" never."""
    lines: list[str] = []
    for part in _LINE.sub(f"line{NBSP}\\1", text).splitlines() or [""]:
        lines += textwrap.wrap(part, max(width, 8), break_on_hyphens=False) or [""]
    return [line.replace(NBSP, " ") for line in lines]


class Lanes:
    """How the timelines of one promise are laid out at this width: as equal tables, or as lists.

    With a pen, a table has arrows between its lanes where there is room for them.
    """

    def __init__(self, timelines: Sequence[Sequence[Event]], width: int, pen: Pen | None = None) -> None:
        self._width, self._pen = width, pen
        events = [event for timeline in timelines for event in timeline]
        lanes = lanes_of(events)
        self._columns = (["fault"] if any(e.fault for e in events) else []) + lanes
        self._time_width = max([len("virtual t"), *(len(seconds(e.at_s)) for e in events)])
        self._name_width = min(max(len(lane) for lane in lanes), 14)
        room = width - MARGIN - self._time_width - GAP * len(self._columns)
        beside = [ROOM if pen and c not in ("fault", self._columns[-1]) else 0 for c in self._columns]
        natural = [_natural(c, events) + more for c, more in zip(self._columns, beside, strict=True)]
        self._widths = _fit(natural, [_least(c, events) for c in self._columns], room)
        if any(len(wrapped(e.what, self._width_of(e))) > CELL_LINES_MAX for e in events):
            self._widths = []

    def _width_of(self, event: Event) -> int:
        return self._widths[self._columns.index(_column(event))] if self._widths else self._width

    def lines(self, timeline: Sequence[Event]) -> list[Line]:
        """Gives one timeline."""
        shown, left_out = _shortened(timeline)
        lines = [self._header()] if self._widths else []
        arrows = {arrow.at: arrow for arrow in traffic_of(timeline).arrows} if self._pen else {}
        for place, (at, event) in enumerate(shown):
            if left_out and place == ROWS_MAX // 2:
                lines.append([(f"     ... {left_out} more; `--json` has them all ...", "dim")])
            lines += self._row(event, arrows.get(at)) if self._widths else self._item(event)
        return lines

    def _header(self) -> Line:
        cells = [column.ljust(width) for column, width in zip(self._columns, self._widths, strict=True)]
        text = (
            " " * MARGIN + "virtual t".rjust(self._time_width) + "".join(" " * GAP + cell for cell in cells)
        )
        return [(text.rstrip(), "head")]

    def _row(self, event: Event, arrow: Arrow | None) -> list[Line]:
        place = self._columns.index(_column(event))
        style = "fault" if event.fault else ""
        first, *rest = wrapped(event.what, self._widths[place])
        left, right = self._strokes(arrow, place, len([first, *rest][-1]))
        before, indent = " " * (self._left_of(place) - len(left)), " " * (MARGIN + self._time_width)
        lines: list[Line] = [
            [*self._when(event), (before, ""), *([(left, "dim")] if left else []), (first, style)],
            *([(indent + " " * self._left_of(place), ""), (part, style)] for part in rest),
        ]
        lines[-1] += [(right, "dim")] if right else []
        return lines

    def _left_of(self, place: int) -> int:
        """Gives how many characters stand between the time and the words of a column."""
        return sum(GAP + width for width in self._widths[:place]) + GAP

    def _strokes(self, arrow: Arrow | None, place: int, words: int) -> tuple[str, str]:
        """Gives what is drawn on the left and on the right of the words of an event, each with its space."""
        if arrow is None or self._pen is None or arrow.lane not in self._columns:
            return "", ""
        other = self._columns.index(arrow.lane)
        if other > place:
            room = self._left_of(other) - self._left_of(place) - words - 2
            drawn = stroke(arrow, room, self._pen, rightwards=True).rstrip()
            return "", f" {drawn}" if drawn else ""
        room = self._left_of(place) - self._left_of(other) - 1
        drawn = stroke(arrow, room, self._pen, rightwards=False) if other < place else ""
        return f"{drawn} " if drawn else "", ""

    def _item(self, event: Event) -> list[Line]:
        who = "" if event.fault else _column(event)[: self._name_width].ljust(self._name_width) + " " * GAP
        style = "fault" if event.fault else ""
        indent = MARGIN + self._time_width + GAP + len(who)
        if self._width - indent < ITEM_MIN:
            return self._item_below(event, who.strip(), style)
        first, *rest = wrapped(event.what, self._width - indent)
        return [
            [*self._when(event), (" " * GAP + who, "dim"), (first, style)],
            *([(" " * indent, ""), (part, style)] for part in rest),
        ]

    def _item_below(self, event: Event, who: str, style: str) -> list[Line]:
        """Where beside the name there is no room for words, they stand below it."""
        head: Line = [*self._when(event), (" " * GAP + who, "dim")]
        parts = wrapped(event.what, self._width - MARGIN - GAP)
        return [head, *([(" " * (MARGIN + GAP), ""), (part, style)] for part in parts)]

    def _when(self, event: Event) -> Line:
        mark = "  !!".ljust(MARGIN) if event.fault else " " * MARGIN
        return [(mark, "mark"), (seconds(event.at_s).rjust(self._time_width), "dim")]


def _shortened(timeline: Sequence[Event]) -> tuple[list[tuple[int, Event]], int]:
    """Leaves out the middle of a story that nobody reads to its end; faults stay, numbers too."""
    events = list(enumerate(timeline))
    left_out = len(events) - ROWS_MAX
    if left_out <= 0:
        return events, 0
    half = ROWS_MAX // 2
    middle = [(at, event) for at, event in events[half:-half] if event.fault]
    return [*events[:half], *middle, *events[-half:]], left_out - len(middle)


def _column(event: Event) -> str:
    return "fault" if event.fault else event.who or YOUR_CODE


def _natural(column: str, timeline: Sequence[Event]) -> int:
    return max([len(column), *(len(e.what) for e in timeline if _column(e) == column)])


def _least(column: str, timeline: Sequence[Event]) -> int:
    """Gives how narrow a column can get without a word being broken."""
    words = [word for e in timeline if _column(e) == column for word in e.what.split()]
    return max([len(column), CELL_MIN, *map(len, words)])


def _fit(natural: list[int], least: list[int], room: int) -> list[int]:
    """Gives widths that fit: the widest columns give way first. Empty if that is too much for them."""
    widths = list(natural)
    while sum(widths) > room:
        can = [i for i, width in enumerate(widths) if width > least[i]]
        if not can:
            return []
        widths[max(can, key=lambda i: (widths[i], -i))] -= 1
    return widths
