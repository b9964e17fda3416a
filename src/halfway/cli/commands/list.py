"""`halfway list`: every unit, and which ones are solved."""

from __future__ import annotations

import click

from halfway.catalog import BadUnit, UnitFiles
from halfway.cli.common import all_units, current_unit, mark, paint, progress_of, say, title


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


def _facts(unit: UnitFiles) -> str:
    try:
        return f"{unit.kind}, {unit.minutes} min"
    except BadUnit:
        return "not finished by its author; `halfway prove` says what is missing"
