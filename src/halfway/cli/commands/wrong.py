"""`halfway wrong`: the wrong ideas of a unit as whole programs, and a whole program as a wrong idea."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from halfway import catalog
from halfway.catalog import BadUnit, UnitFiles
from halfway.catalog.wrong_ideas import NAME, taken
from halfway.cli.codes import Exit
from halfway.cli.common import say
from halfway.cli.problem import Problem
from halfway.files import write_whole


@click.command("wrong")
@click.argument("unit")
@click.argument("name", required=False)
@click.option("--diff", is_flag=True, help="Show what differs from the reference instead.")
@click.option(
    "--take",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Make the edit of NAME anew from the whole program in FILE, and show what changes in the page.",
)
def wrong_command(unit: str, name: str | None, diff: bool, take: Path | None) -> None:
    """For authors: show the wrong ideas of UNIT, or write out the whole program of the one called NAME."""
    files = catalog.find(unit)
    if not files.solutions.is_dir():
        raise Problem(
            "The wrong programs are not in this edition of the course.",
            "",
            "Next: ask whoever gave it to you.",
            Exit.NOTHING_TO_GRADE,
        )
    if name is None:
        _list(files)
    elif take is not None:
        _take(files, name, take)
    elif diff:
        reference, program = files.solution.read_text(encoding="utf-8"), files.program(files.mutant(name))
        click.echo(_diff(reference, program, files.shown(files.solution), f"{name}.py"), nl=False)
    else:
        click.echo(files.program(files.mutant(name)), nl=False)


def _list(files: UnitFiles) -> None:
    mutants = files.mutants
    width = max((len(mutant.name) for mutant in mutants), default=0)
    for mutant in mutants:
        click.echo(f"{mutant.name:{width}}  {mutant.words}")
    next_step = f"`halfway wrong {files.number} NAME` writes one of them out"
    if not mutants:
        next_step = f"write a program with a wrong idea, and `halfway wrong {files.number} NAME --take FILE`"
    click.echo(f"They are in {files.shown(files.wrong_ideas)}. Next: {next_step}.", err=True)


def _take(files: UnitFiles, name: str, program: Path) -> None:
    if not NAME.fullmatch(name):
        raise Problem(
            f"{name!r} is no name of a wrong idea.",
            "A name is small letters, digits and `_`, and begins with a letter.",
            f"Next: for example `halfway wrong {files.number} key_per_attempt --take {program}`.",
        )
    page = files.wrong_ideas.read_text(encoding="utf-8") if files.wrong_ideas.is_file() else ""
    reference = files.solution.read_text(encoding="utf-8")
    try:
        fresh = taken(page or f"# The wrong ideas of ex{files.number}\n", name, reference, _source(program))
    except BadUnit as error:
        raise Problem(error.what, str(program), error.next_step) from None
    write_whole(files.wrong_ideas, fresh)
    shown = files.shown(files.wrong_ideas)
    click.echo(_diff(page, fresh, shown, shown) or f"{shown} says so already.\n", nl=False)
    say(f"Next: `halfway prove {files.number}`.", err=True)


def _source(program: Path) -> str:
    try:
        return program.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem("This file cannot be read as UTF-8 text.", f"{program}: {error}") from None


def _diff(before: str, after: str, one: str, other: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{one}", f"b/{other}"
    )
    return "".join(lines)
