"""`halfway trial`: programs that nobody's suite has seen, right and wrong, and what a suite says to them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from halfway import catalog
from halfway.cli.codes import Exit
from halfway.cli.common import paint, width
from halfway.cli.problem import Problem
from halfway.cli.spelling import manner

if TYPE_CHECKING:
    from halfway.prove.trial import Program, Row

LAYOUT = "A trial has programs in `right/` and in `wrong/`, decided before any of them is graded."


@click.command("trial")
@click.argument("unit")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--confined", is_flag=True, help="Run them in sandboxes, as a class is graded.")
def trial_command(unit: str, folder: Path, confined: bool) -> int:
    """For authors: grade every program in FOLDER against the suite of UNIT, a row for each.

    FOLDER holds right programs in `right/` and wrong ones in `wrong/`; of programs elsewhere in it nothing is
    expected. Ends with 1 if a right one is refused or a wrong one accepted.
    """
    from halfway.grading import ConfinementError
    from halfway.prove import trial

    files = catalog.find(unit)
    programs = _programs(files, folder)
    names = max(len(program.name) for program in programs)
    click.echo(f"{files.slug}\n\n  {'program':<{names + len(manner().marks['kept']) - 1}}  kept  broken  saw")
    rows = []
    try:
        for row in trial.tried(files, programs, confined=confined):
            rows.append(row)
            click.echo(_line(row, names))
    except ConfinementError as reason:
        raise Problem(
            f"There is no sandbox here: {reason}.",
            "",
            f"Next: `halfway trial {files.number} {folder}` runs them as yours.",
            Exit.NOTHING_TO_GRADE,
        ) from None
    for line in _summary(rows):
        click.echo(line)
    return _code(rows)


def _programs(files: catalog.UnitFiles, folder: Path) -> list[Program]:
    from halfway.prove.trial import programs_in

    usage = f"Next: `halfway trial {files.number} FOLDER`."
    if not folder.exists():
        raise Problem(f"There is no folder {folder}.", LAYOUT, usage, Exit.NOTHING_TO_GRADE)
    programs = programs_in(folder)
    if not programs:
        raise Problem(f"There is no program in {folder}.", LAYOUT, usage, Exit.NOTHING_TO_GRADE)
    return programs


def _line(row: Row, names: int) -> str:
    status = "checker_fault" if not row.was_judged else "kept" if row.verdict.passed else "broken"
    mark = manner().marks[status]
    broken = len(row.verdict.broken)
    head = f"{mark} {row.program.name:<{names}}  {row.kept:>4}  {broken:>6}  "
    room = max(width(most=240) - len(head), 24) if sys.stdout.isatty() else len(row.saw)
    saw = row.saw if len(row.saw) <= room else row.saw[: room - 4] + " ..."
    unexpected = row.is_refused_though_right or row.is_accepted_though_wrong or not row.was_judged
    return paint((head + saw).rstrip(), fg="yellow" if unexpected else None)


def _summary(rows: list[Row]) -> list[str]:
    from halfway.prove.trial import SIDES

    count = {side: sum(row.program.side == side for row in rows) for side in SIDES}
    refused = [row for row in rows if row.is_refused_though_right]
    accepted = [row for row in rows if row.is_accepted_though_wrong]
    lines = [
        "",
        f"right: {len(refused)} of {count['right']} refused",
        *(f"  {row.program.name}: {row.saw}" for row in refused),
        f"wrong: {len(accepted)} of {count['wrong']} accepted",
        *(f"  {row.program.name}" for row in accepted),
    ]
    unjudged = [row for row in rows if not row.was_judged]
    if unjudged:
        lines += [f"not judged: {len(unjudged)}", *(f"  {row.program.name}: {row.saw}" for row in unjudged)]
    return lines


def _code(rows: list[Row]) -> Exit:
    if any(row.verdict.fault for row in rows):
        return Exit.CHECKER_FAULT
    unexpected = any(
        row.is_refused_though_right or row.is_accepted_though_wrong or not row.was_judged for row in rows
    )
    return Exit.BROKEN if unexpected else Exit.KEPT
