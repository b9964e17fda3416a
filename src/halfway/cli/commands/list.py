"""`halfway list` and `halfway progress`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from halfway.catalog import BadUnit, UnitFiles
from halfway.cli.common import all_units, current_unit, paint, progress_of, say
from halfway.cli.progress import UnitProgress
from halfway.cli.spelling import can_write

SOLVED, TRIED, UNTOUCHED = "✓", "~", " "


@click.command("list")
def list_command() -> None:
    """Show every unit, and which ones you have solved.

    `✓` is solved, `~` is tried, and `>` is where you are.
    """
    units = all_units()
    progress, here = progress_of(units), current_unit(units)
    for unit in units:
        place = ">" if unit.slug == here.slug else " "
        sign = mark(progress.unit(unit.slug))
        facts = paint(_facts(unit), dim=True)
        click.echo(f"{place} {paint(sign, fg='green')} {unit.number}  {title(unit)}  {facts}")
    say("\nNext: `halfway` watches where you are; `halfway watch UNIT` goes elsewhere.")


def title(unit: UnitFiles) -> str:
    """Gives the title; a unit that its author has not finished yet goes by its slug."""
    try:
        return unit.title
    except BadUnit:
        return unit.slug


def _facts(unit: UnitFiles) -> str:
    try:
        return f"{unit.kind}, {unit.minutes} min"
    except BadUnit:
        return "not finished by its author; `halfway prove` says what is missing"


def mark(done: UnitProgress) -> str:
    """Gives the sign, or the word, that stands for solved, tried or untouched."""
    marks = (SOLVED, TRIED, UNTOUCHED) if can_write(SOLVED) else ("solved", "tried ", "      ")
    return marks[0 if done.solved else 1 if done.attempts else 2]


@click.command("progress")
@click.option("--json", "as_json", is_flag=True, help="Write the progress file, for programs.")
def progress_command(as_json: bool) -> None:
    """Show what you have done so far."""
    units = all_units()
    progress = progress_of(units)
    if as_json:
        click.echo(json.dumps(progress.everything(), ensure_ascii=False, indent=2))
        return
    done = {unit.slug: progress.unit(unit.slug) for unit in units}
    solved = sum(unit.solved for unit in done.values())
    click.echo(f"{solved} of {len(units)} units solved.\n")
    for unit in units:
        click.echo(_line(unit, done[unit.slug]))
    click.echo(f"\nKept in {_shown(progress.path, units[0].course)}, a file that you can read.")


def _line(unit: UnitFiles, done: UnitProgress) -> str:
    facts = []
    if done.solved:
        facts.append(f"solved {done.first_solved_at[:10]}")
    if done.attempts:
        facts.append(f"{done.attempts} attempt{'s' * (done.attempts != 1)}")
    if done.hints_seen:
        facts.append(f"{done.hints_seen} hint{'s' * (done.hints_seen != 1)}")
    if done.peeked:
        facts.append("solution seen before solving")
    return (
        f"  {paint(mark(done), fg='green')} {unit.number}  {title(unit)}: {', '.join(facts) or 'not begun'}"
    )


def _shown(path: Path, course: Path) -> str:
    return path.relative_to(course).as_posix() if path.is_relative_to(course) else str(path)
