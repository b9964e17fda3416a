"""What most commands begin with: the course, the unit that is meant, and the learner's progress."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from halfway import catalog
from halfway.catalog import BadUnit, UnitFiles
from halfway.cli.codes import Exit
from halfway.cli.problem import Problem
from halfway.cli.progress import Progress, UnitProgress
from halfway.cli.spelling import can_write, pasted

SOLVED, TRIED, UNTOUCHED = "✓", "~", " "


def now() -> datetime:
    """Gives the time of this machine, in its own zone: the one place of the terminal that asks for it."""
    return datetime.now(UTC).astimezone()


def say(text: str, *, err: bool = False) -> None:
    """Says something, with each command in it as it is typed here."""
    click.echo(pasted(text), err=err)


def warn(text: str) -> None:
    """Says something beside the output of the command."""
    say(text, err=True)


def all_units() -> list[UnitFiles]:
    """Gives the units in order. Raises Problem for a course without any."""
    units = catalog.units()
    if not units:
        raise Problem(
            "This course has no unit yet.",
            str(catalog.exercises_folder()),
            "Next: `halfway new ex11_two_clocks` makes the skeleton of one.",
            Exit.NOTHING_TO_GRADE,
        )
    return units


def progress_of(units: list[UnitFiles]) -> Progress:
    """Gives the learner's progress in the course of these units."""
    return Progress(units[0].course, warn)


def chosen(text: str | None) -> UnitFiles:
    """Gives the unit that `text` names, or without a text the one where the learner is."""
    return catalog.find(text) if text else current_unit(all_units())


def current_unit(units: list[UnitFiles]) -> UnitFiles:
    """Gives the first unit that is not solved; where all are, the last one."""
    progress = progress_of(units)
    return next((unit for unit in units if not progress.unit(unit.slug).solved), units[-1])


def width(most: int = 100) -> int:
    """Gives the columns to write in: the terminal's, or 80 where the output is not a terminal."""
    import shutil

    return min(shutil.get_terminal_size().columns, most) if sys.stdout.isatty() else 80


def paint(text: str, **style: object) -> str:
    """Gives the text in colour; click leaves the colour out where it has no place."""
    return click.style(text, **style)  # type: ignore[arg-type]


def title(unit: UnitFiles) -> str:
    """Gives the title; a unit that its author has not finished yet goes by its slug."""
    try:
        return unit.title
    except BadUnit:
        return unit.slug


def mark(done: UnitProgress) -> str:
    """Gives the sign, or the word, that stands for solved, tried or untouched."""
    marks = (SOLVED, TRIED, UNTOUCHED) if can_write(SOLVED) else ("solved", "tried ", "      ")
    return marks[0 if done.solved else 1 if done.attempts else 2]
