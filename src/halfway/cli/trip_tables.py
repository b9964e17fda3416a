"""What a field trip found, row by row: what the real system does, and what a learner's file does there."""

from __future__ import annotations

from typing import Any

import click

from halfway.cli.codes import Exit
from halfway.cli.common import say, width
from halfway.cli.spelling import can_write
from halfway.trips.workflow_plays import TO_BE_WRITTEN

TABLE_MAX = 140
DIFFERS = "\N{NOT EQUAL TO}"
Rows = list[dict[str, Any]]


def told_counts(rows: Rows, where: str, file: str, number: int) -> int:
    """Say what became of each task in both loops, and whether that is what the contract says."""
    longest = max(len(row["what"]) for row in rows)
    click.echo(
        f"Executions of a task in {where}: by its own retry loop, and with your {file} in its place.\n"
    )
    click.echo(f"{'task':{longest}}   {'its own':>7}   {'yours':>5}   seconds between yours")
    for row in rows:
        waits = ", ".join(f"{wait:g}" for wait in row["waits"])
        click.echo(f"{row['what']:{longest}}   {row['theirs']:7}   {row['yours']:5}   {waits}".rstrip())
    wrong = [row for row in rows if row["yours"] != row["expected"]]
    click.echo()
    if not wrong:
        click.echo("Yours does what its contract says, in every row.")
        say(
            "Next: where the two columns differ, which line of theirs decides what a policy decides in yours?"
        )
        return Exit.KEPT
    for row in wrong:
        ended = f"; it ended with {row['error']}" if row["error"] else ""
        click.echo(
            f"{row['what']}: the contract says {row['expected']}, and yours made {row['yours']}{ended}"
        )
    say(f"Next: `halfway grade {number}` shows the promise behind each of them.")
    return Exit.BROKEN


def told_answers(rows: Rows, where: str, file: str, number: int) -> int:
    """Say what both engines answer to each command, and whether that is what the contract says."""
    click.echo(f"Answers to the same commands: of {where}, and of your {file} beside it.")
    click.echo(f"{_sign()} stands where the two differ.\n")
    for line in side_by_side(rows, where, width(TABLE_MAX)):
        click.echo(line)
    click.echo()
    wrong = [row for row in rows if row["yours"] != row["expected"]]
    if not wrong:
        click.echo("Yours does what its contract says, in every row.")
        say("Next: where they differ, which of the two would you rather be told at night?")
        return Exit.KEPT
    unwritten = [row for row in wrong if row["yours"] == TO_BE_WRITTEN]
    if unwritten:
        click.echo(f"{len(unwritten)} of {len(rows)} commands meet a method that is still to be written.")
    for row in wrong:
        if row not in unwritten:
            click.echo(f"{row['what']}: the contract says {row['expected']!r}, and yours {row['yours']!r}")
    say(f"Next: `halfway grade {number}` shows the promise behind each of them.")
    return Exit.BROKEN


def side_by_side(rows: Rows, where: str, most: int) -> list[str]:
    """A line for each command, or three where one would be too long for the terminal."""
    cells = [("command", where, "yours"), *((row["what"], row["theirs"], row["yours"]) for row in rows)]
    signs = [" ", *(_sign() if _differ(row) else " " for row in rows)]
    what, theirs, yours = (max(len(cell[column]) for cell in cells) for column in range(3))
    if 2 + what + 2 + theirs + 2 + yours <= most:
        return [
            f"{sign} {one:{what}}  {two:{theirs}}  {three}"
            for sign, (one, two, three) in zip(signs, cells, strict=True)
        ]
    lines: list[str] = []
    for sign, (one, two, three) in zip(signs[1:], cells[1:], strict=True):
        lines += [f"{sign} {one}", f"      {where}   {two}", f"      {'yours':{len(where)}}   {three}"]
    return lines


def _sign() -> str:
    """What stands where two answers differ, in what this terminal can write."""
    return DIFFERS if can_write(DIFFERS) else "#"


def _differ(row: dict[str, Any]) -> bool:
    return bool(row["theirs"] != row["yours"] != TO_BE_WRITTEN)
