"""Lines of a verdict in colour, for rich: a colour never says what a mark or a word does not say too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfway.grading.verdict import PromiseResult, Verdict
from halfway.render.lanes import Line
from halfway.render.text import WIDTH, headline, promise_lines, verdict_lines

if TYPE_CHECKING:
    from rich.text import Text

STYLES = {
    "": "",
    "dim": "dim",
    "head": "bold",
    "fault": "bold yellow",
    "mark": "bold yellow",
    "kept": "green",
    "broken": "bold red",
}


def rich_text(lines: list[Line]) -> Text:
    """Gives lines as one rich text; print it with `soft_wrap=True`, its lines are wrapped already."""
    from rich.text import Text

    text = Text(no_wrap=True, overflow="ignore", end="")
    for line in lines:
        for part, style in line:
            text.append(part, STYLES[style])
        text.append("\n")
    text.rstrip()
    return text


def verdict_rich(verdict: Verdict, width: int = WIDTH, *, opened: int | None = 1) -> Text:
    """Gives the whole verdict in colour."""
    return rich_text(verdict_lines(verdict, width, opened=opened))


def promise_rich(result: PromiseResult, unit: str, width: int = WIDTH) -> Text:
    """Gives one promise in full, in colour."""
    return rich_text(promise_lines(result, unit, width))


def headline_rich(result: PromiseResult, width: int = WIDTH) -> Text:
    """Gives the line of one promise in colour."""
    return rich_text(headline(result, width))
