"""`halfway prove`: do units keep the laws?"""

from __future__ import annotations

import sys

import click

from halfway import catalog
from halfway.cli.codes import Exit
from halfway.cli.common import now

# What stays in one process is said in tests/conftest.py; long files come first in the order they are in.


@click.command("prove")
@click.argument("units", nargs=-1)
@click.option(
    "--accept",
    is_flag=True,
    help="Write down anew what learners are shown (law 12), and show the difference.",
)
@click.option("--all", "every", is_flag=True, help="Run every file in every way, and in sandboxes.")
def prove_command(units: tuple[str, ...], accept: bool, every: bool) -> int:
    """For authors: check that UNITS (by default all) keep the laws of the course."""
    from halfway.prove import prove

    slugs = [catalog.find(unit).slug for unit in units]
    moving = sys.stderr.isatty()

    def progress(done: int, steps: int, text: str) -> None:
        if moving:
            click.echo(f"\r{done}/{steps}  {text:<60}", err=True, nl=False)

    today = now().toordinal()
    report = prove(slugs, accept=accept, progress=progress, every=every, day=today)
    if moving:
        click.echo("\r" + " " * 72 + "\r", err=True, nl=False)
    for diff in report.diffs:
        click.echo(diff)
    for matrix in report.matrix.values():
        click.echo(str(matrix) + "\n")
    click.echo(str(report))
    return Exit.KEPT if report.ok else Exit.BROKEN
