"""A timeline as a drawing: time runs down, each actor has a lane, messages go between them, faults cross all.

A request is an arrow, its reply an arrow back; one that is lost ends in the gap with a mark. A call under way
is a bar in its lane, and so is a process that stands still; a cancel or a kill hits the lane of the code.

The drawing has a text alternative and no scripts. It takes its colours from the page (`--halfway-ink` and its
kin), so light and dark both work; on a page without them it draws in the colour of the text around it. Equal
timelines give equal drawings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2s
from html import escape

from halfway.grading.verdict import Event
from halfway.render.arrows import YOUR_CODE, Arrow, decisive, traffic_of
from halfway.render.lanes import lanes_of, seconds, wrapped
from halfway.render.visible import visible_text

TITLE = "Timeline of the story"
CHAR = 7.3
LINE = 17
PAD = 6
TIME_WIDTH = 102
EDGE = 14
TEXT_DX = 13
LANE_CHARS_MIN = 13
LANE_CHARS_MAX = {1: 48, 2: 38, 3: 34}
LANE_CHARS_MANY = 26
WORD_CHARS = 44

FONT = "font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"
INK = "fill: var(--halfway-ink, currentColor)"
SOFT = "fill: var(--halfway-soft, currentColor)"
RAIL = "stroke: var(--halfway-line, #8a93a866); stroke-width: 1.5"
YOURS = "fill: var(--halfway-accent, currentColor)"
BAND = "fill: var(--halfway-broken-tint, #c4402f24)"
MARK = "fill: var(--halfway-broken, #c4402f)"
ARROW = "fill: none; stroke: var(--halfway-soft, currentColor); stroke-width: 1.4"
HEADS = "fill: var(--halfway-soft, currentColor)"
LOST = "fill: none; stroke: var(--halfway-broken, #c4402f); stroke-width: 2"
BAR = "fill: var(--halfway-line, #8a93a866)"
STILL = "fill: var(--halfway-broken-tint, #c4402f24); stroke: var(--halfway-broken, #c4402f)"
HIT = "fill: transparent"
GONE_ON = re.compile(r"process \d+ starts\Z")
CODE_LINE = re.compile(r"\bline (\d+)\Z")
STANDALONE = "<style>svg{color:#1a2033} @media(prefers-color-scheme:dark){svg{color:#dfe4f0}}</style>"


def timeline_svg(timeline: Sequence[Event], *, title: str = TITLE, standalone: bool = False) -> str:
    """Gives the drawing of a timeline as one `<svg>` element; `standalone` as a file of its own."""
    return _Drawing(timeline).svg(title, standalone=standalone)


def told(timeline: Sequence[Event]) -> str:
    """Gives a timeline in sentences, for whoever does not see the drawing."""
    who = ("fault" if event.fault else event.who or YOUR_CODE for event in timeline)
    return " ".join(
        f"{seconds(event.at_s)}, {name}: {event.what}." for name, event in zip(who, timeline, strict=True)
    )


def _text(text: str) -> str:
    return escape(visible_text(text), quote=False)


class _Drawing:
    """Places everything first, from top to bottom, then writes it."""

    def __init__(self, timeline: Sequence[Event]) -> None:
        self._timeline = timeline
        self._lanes = lanes_of(timeline)
        self._chars = [self._lane_chars(lane) for lane in self._lanes]
        self._left: list[float] = []
        x = float(EDGE + TIME_WIDTH)
        for chars in self._chars:
            self._left.append(x)
            x += TEXT_DX + chars * CHAR + 10
        self.width = round(x + EDGE - 10)
        self.height = 0.0
        self._bands: list[str] = []
        self._dots: list[str] = []
        self._times: list[str] = []
        self._texts: list[str] = []
        self._marks: list[str] = []
        self._arrows: list[str] = []
        self._points: list[str] = []
        self._losses: list[str] = []
        self._bars: list[str] = []
        self._still: list[str] = []
        self._hits: list[str] = []
        self._rows: list[tuple[float, float]] = []
        self._traffic = traffic_of(timeline)
        self._place()
        self._bars += [self._bar(call.lane, call.begins, call.ends) for call in self._traffic.work]

    def _lane_chars(self, lane: str) -> int:
        """Gives the width of a lane in characters: enough for its words, no more than is read at a glance."""
        most = LANE_CHARS_MAX.get(len(self._lanes), LANE_CHARS_MANY)
        texts = [e.what for e in self._timeline if not e.fault and (e.who or YOUR_CODE) == lane]
        word = max([len(w) for text in texts for w in text.split()], default=0)
        natural = max([len(text) for text in texts], default=0)
        return max(LANE_CHARS_MIN, len(lane) + 1, min(word, WORD_CHARS), min(natural, most))

    def _place(self) -> None:
        top, before = 38.0, ""
        arrows = {arrow.at: arrow for arrow in self._traffic.arrows}
        for at, event in enumerate(self._timeline):
            time = seconds(event.at_s)
            if time != before:
                top += PAD / 2 if before else 0
                self._times.append(self._line(EDGE + TIME_WIDTH - 16, top, time, ' text-anchor="end"'))
                before = time
            began = top
            top = self._fault(event, top) if event.fault else self._event(event, top)
            if at in arrows:
                top = self._arrow(arrows[at], event.who or self._lanes[0], top)
            self._rows.append((began, top))
            self._hit(at, event, began, top)
        self.height = top + PAD

    def _event(self, event: Event, top: float) -> float:
        place = self._lanes.index(event.who or YOUR_CODE)
        x = self._left[place]
        style = f' style="{YOURS}"' if self._lanes[place] == YOUR_CODE else ""
        if event.kind == "block":
            self._still.append(f'<rect x="{_n(x - 4)}" y="{_n(top)}" width="8" height="{LINE}" rx="2"/>')
        self._dots.append(f'<circle cx="{_n(x)}" cy="{_n(top + LINE / 2)}" r="3.5"{style}/>')
        lines = wrapped(event.what, self._chars[place])
        for number, text in enumerate(lines):
            self._texts.append(self._line(x + TEXT_DX, top + number * LINE, text))
        return top + len(lines) * LINE + PAD

    def _hit(self, at: int, event: Event, began: float, top: float) -> None:
        """Makes a row a place to touch: whoever shows the drawing knows what is there."""
        line = CODE_LINE.search(event.what)
        more = f' data-line="{line[1]}"' if line else ""
        self._hits.append(
            f'<rect data-at="{at}"{more} x="0" y="{_n(began - PAD / 2)}" width="{self.width}" '
            f'height="{_n(top - began)}"/>'
        )

    def _arrow(self, arrow: Arrow, who: str, top: float) -> float:
        """Draws a message below its words, between the lane of whoever sends or hears it and the other."""
        if arrow.lane not in self._lanes or arrow.lane == who:
            return top
        here, there = self._left[self._lanes.index(who)], self._left[self._lanes.index(arrow.lane)]
        start, end = (there, here) if arrow.is_reply else (here, there)
        way = 1 if end > start else -1
        y = top - PAD + 4
        if arrow.lost:
            end = start + (end - start) * 0.55
            self._losses.append(_cross(end, y, 4))
        else:
            self._points.append(f'<path d="M{_n(end)} {_n(y)}l{-7 * way} -3.5v7z"/>')
        dashes = ' stroke-dasharray="5 3"' if arrow.is_reply else ""
        self._arrows.append(
            f'<path d="M{_n(start)} {_n(y)}H{_n(end - (0 if arrow.lost else 6 * way))}"{dashes}/>'
        )
        return top + 5

    def _bar(self, lane: str, begins: int, ends: int) -> str:
        """Shows for how long a lane is at work, or stands still."""
        if lane not in self._lanes or not self._rows:
            return ""
        x, top, bottom = self._left[self._lanes.index(lane)], self._rows[begins][1], self._rows[ends][1]
        return (
            f'<rect x="{_n(x - 3)}" y="{_n(top - 8)}" width="6" height="{_n(max(bottom - top, 4))}" rx="2"/>'
        )

    def _fault(self, event: Event, top: float) -> float:
        x = self._left[0]
        lines = wrapped(event.what, int((self.width - EDGE - x - TEXT_DX) / CHAR))
        height = len(lines) * LINE + PAD
        y = top - PAD / 2
        self._bands.append(
            f'<rect x="{EDGE / 2:g}" y="{_n(y)}" width="{self.width - EDGE}" height="{_n(height)}" rx="3"/>'
        )
        self._marks.append(f'<rect x="{EDGE / 2:g}" y="{_n(y)}" width="4" height="{_n(height)}" rx="2"/>')
        self._texts.append(self._line(EDGE + 6, top, "!!", ' font-weight="bold"'))
        if event.kind in ("cancel", "kill"):  # it hits the lane of the code
            self._losses.append(_cross(x, top + 8.5, 5 if event.kind == "kill" else 4))
        for number, text in enumerate(lines):
            self._texts.append(self._line(x + TEXT_DX, top + number * LINE, text, ' font-weight="bold"'))
        return top + height

    def _line(self, x: float, top: float, text: str, more: str = "") -> str:
        return f'<text x="{_n(x)}" y="{_n(top + 12.5)}"{more}>{_text(text)}</text>'

    def _heads(self) -> list[str]:
        heads = [self._line(EDGE + TIME_WIDTH - 16, 10, "virtual time", ' text-anchor="end"')]
        for lane, x in zip(self._lanes, self._left, strict=True):
            heads.append(self._line(x - 4, 10, lane, ' font-weight="bold"'))
        return heads

    def _rails(self) -> list[str]:
        """Gives each lane's line; that of the code ends where a process is killed, until the next one."""
        rails = []
        for lane, x in zip(self._lanes, self._left, strict=True):
            for top, bottom in self._alive() if lane == YOUR_CODE else [(32.0, self.height - PAD)]:
                rails.append(f'<path d="M{_n(x)} {_n(top)}V{_n(bottom)}"/>')
        return rails

    def _alive(self) -> list[tuple[float, float]]:
        parts, top = [], 32.0
        dead = False
        for event, (began, ended) in zip(self._timeline, self._rows, strict=True):
            if event.kind == "kill" and not dead:
                parts.append((top, ended - LINE / 2))
                dead = True
            elif dead and GONE_ON.match(event.what):
                top, dead = began, False
        return parts if dead else [*parts, (top, self.height - PAD)]

    def _decisive(self) -> str:
        lane = decisive(self._timeline)
        return f' data-decisive="{_n(self._left[self._lanes.index(lane)])}"' if lane in self._lanes else ""

    def svg(self, title: str, *, standalone: bool) -> str:
        """Writes the drawing."""
        description = told(self._timeline)
        name = "t" + blake2s(f"{title}\n{description}".encode("utf-8", "replace"), digest_size=5).hexdigest()
        size = f'width="{self.width}" height="{_n(self.height)}" viewBox="0 0 {self.width} {_n(self.height)}"'
        xmlns = ' xmlns="http://www.w3.org/2000/svg"' if standalone else ""
        parts = [
            f'<svg{xmlns} class="halfway-timeline" role="img" aria-labelledby="{name} {name}d" {size}',
            self._decisive(),
            f' style="{FONT}">',
            f'<title id="{name}">{_text(title)}</title>',
            f'<desc id="{name}d">{_text(description)}</desc>',
            *([STANDALONE] if standalone else []),
            _group(BAND, self._bands),
            _group(RAIL, self._rails()),
            _group(BAR, [bar for bar in self._bars if bar]),
            _group(STILL, self._still),
            _group(ARROW, self._arrows),
            _group(HEADS, self._points),
            _group(LOST, self._losses),
            _group(SOFT, [*self._times, *self._heads()]),
            _group(INK, [*self._dots, *self._texts]),
            _group(MARK, self._marks),
            _group(HIT, self._hits),
            "</svg>",
        ]
        return "\n".join(part for part in parts if part)


def _group(style: str, parts: list[str]) -> str:
    return f'<g style="{style}">\n' + "\n".join(parts) + "\n</g>" if parts else ""


def _cross(x: float, y: float, size: int) -> str:
    """Gives the mark of what does not go on."""
    wide = 2 * size
    return f'<path d="M{_n(x - size)} {_n(y - size)}l{wide} {wide}m0 -{wide}l-{wide} {wide}"/>'


def _n(number: float) -> str:
    """Gives a coordinate without a tail of digits."""
    return f"{number:.1f}".removesuffix(".0")
