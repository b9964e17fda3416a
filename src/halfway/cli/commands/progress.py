"""`halfway progress`: what a learner has done so far."""

from __future__ import annotations

import json
from pathlib import Path

import click

from halfway.catalog import UnitFiles
from halfway.cli.common import all_units, mark, paint, progress_of, title
from halfway.cli.progress import UnitProgress


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
