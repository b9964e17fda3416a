"""`halfway explore`: go through a story, and choose at each step what goes wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from halfway.catalog import UnitFiles
from halfway.cli import warm
from halfway.cli.codes import Exit
from halfway.cli.common import chosen, width
from halfway.cli.problem import Problem
from halfway.cli.spelling import halfway, manner
from halfway.cli.verdicts import require_file, show_lines

if TYPE_CHECKING:
    from halfway.grading.verdict import PromiseResult, Way
    from halfway.render.lanes import Line


@click.command("explore")
@click.argument("unit", required=False)
@click.argument("story", required=False)
def explore_command(unit: str | None, story: str | None) -> int:
    """Go through a story of UNIT: what else could have happened at each step, told when you choose it.

    STORY is what a page or a verdict calls it, as in 2/ring~1~the-reply-is-lost, or the number of a promise.
    Without it, the smallest story of the first broken promise is told.
    """
    files = chosen(unit)
    require_file(files)
    replay = story or _first_story(files)
    while True:
        told = _told(files, replay)
        show_lines(list(_shown(told, files)))
        wanted = _asked(told.ways) if sys.stdin.isatty() else ""
        if not wanted:
            return Exit.KEPT if told.kept else Exit.BROKEN
        replay = wanted


def _first_story(files: UnitFiles) -> str:
    """Gives the smallest story of the first broken promise that has one, else the first promise."""
    verdict = warm.start().grade(files.slug)
    return next((result.replay for result in verdict.broken if result.replay and result.timeline), "1")


def _told(files: UnitFiles, replay: str) -> PromiseResult:
    try:
        verdict = warm.start().grade(files.slug, replay=replay)
    except ValueError as error:
        raise Problem(
            f"This story cannot be read: {replay!r}.",
            str(error),
            f"Next: `halfway explore {files.number}` begins with a story that can.",
        ) from None
    told = verdict.replayed or next((one for one in verdict.promises if one.timeline), None)
    if told is None:
        raise Problem(
            f"No promise of {files.slug} has the story {replay!r}.",
            verdict.fault or next((one.saw for one in verdict.promises if one.saw), ""),
            f"Next: `halfway grade {files.number}` says what stands in the way.",
            Exit.NOTHING_TO_GRADE,
        )
    return told


def _shown(told: PromiseResult, files: UnitFiles) -> Iterator[Line]:
    from halfway.render.text import promise_lines

    yield from promise_lines(told, files.slug, width(), manner=manner())
    yield []
    if not told.ways:
        yield [("  Nothing else can happen in this story.", "head")]
        return
    yield [("  what else can happen", "head")]
    step = -1
    for number, way in enumerate(told.ways, 1):
        if way.at != step:
            step = way.at
            yield [(f"     {_after(told, way)}", "dim")]
        mark = "take back: " if way.chosen else ""
        yield [(f"     {number:>3}  {mark}{way.words}", "fault" if way.chosen else "")]
        if not sys.stdin.isatty():
            yield [(f"          {halfway()} explore {files.number} {way.replay}", "dim")]


def _after(told: PromiseResult, way: Way) -> str:
    event = told.timeline[min(way.at, len(told.timeline)) - 1] if way.at else None
    return f"after {event.at_s:,.3f} s  {event.what}" if event else "at the beginning"


def _asked(ways: tuple[Way, ...]) -> str:
    """Asks for a number; "" to end."""
    while ways:
        said = click.prompt(
            "\nWhat happens? A number, or Enter to end", default="", show_default=False, prompt_suffix=": "
        )
        if not said.strip():
            return ""
        if said.strip().isdecimal() and 0 < int(said) <= len(ways):
            return ways[int(said) - 1].replay
        click.echo(f"There is no number {said.strip()!r} here: 1 to {len(ways)}.")
    return ""
