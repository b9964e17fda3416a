"""`halfway solution`: how others have done it, once it is done."""

from __future__ import annotations

import difflib

import click

from halfway.catalog import UnitFiles, is_edition
from halfway.cli.codes import Exit
from halfway.cli.common import chosen, paint, progress_of, say
from halfway.cli.pristine import learners_text
from halfway.cli.problem import Problem

DIFF_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@click.command("solution")
@click.argument("unit", required=False)
@click.option(
    "--peek", is_flag=True, help="Show it before you have solved the unit; asks first, and is noted."
)
@click.option("--diff", is_flag=True, help="Show what differs from your file instead of the whole solution.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def solution_command(unit: str | None, peek: bool, diff: bool, yes: bool) -> None:
    """Show the solution of UNIT once you have solved it."""
    files = chosen(unit)
    if not files.solution.is_file():
        raise Problem(
            "The solutions are not in this edition of the course.",
            files.shown(files.solution),
            "Next: ask whoever gave it to you.",
            Exit.NOTHING_TO_GRADE,
        )
    _allow(files, peek=peek, yes=yes)
    solution = files.solution.read_text(encoding="utf-8")
    if diff:
        _show_diff(files, solution)
    else:
        click.echo(solution)
    place = "" if is_edition(files.course) else f"It is in {files.shown(files.solution)}. "
    say(f"{place}Next: `halfway solution {files.number} --diff`.", err=True)
    if files.also:
        other = ", ".join(files.shown(path) for path in files.also)
        click.echo(f"Other right answers: {other}.", err=True)


def _allow(files: UnitFiles, *, peek: bool, yes: bool) -> None:
    progress = progress_of([files])
    if progress.unit(files.slug).solved:
        return
    if not peek:
        raise Problem(
            f"The solution of {files.slug} opens once you have solved the unit.",
            "",
            f"Next: `halfway hint {files.number}`, or `halfway solution {files.number} --peek`.",
            Exit.BROKEN,
        )
    if not yes:
        click.confirm(f"You have not solved {files.slug} yet. Show its solution and note that?", abort=True)
    progress.peeked(files.slug)


def _show_diff(files: UnitFiles, solution: str) -> None:
    yours = learners_text(files)
    names = files.shown(files.stub), files.shown(files.solution)
    for line in difflib.unified_diff(yours.splitlines(), solution.splitlines(), *names, lineterm=""):
        click.echo(paint(line, fg=DIFF_COLOURS.get(line[:1])))
