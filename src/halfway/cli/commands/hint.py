"""`halfway hint`: what helps before the solution does."""

from __future__ import annotations

import click

from halfway.cli.common import chosen, progress_of
from halfway.cli.hints import next_hints, wrapped
from halfway.cli.spelling import pasted


@click.command("hint")
@click.argument("unit", required=False)
def hint_command(unit: str | None) -> None:
    """Show the next hint of UNIT: one more each time, and all of them once you have seen the last."""
    files = chosen(unit)
    for text in next_hints(files, progress_of([files])):
        click.echo(wrapped(pasted(text)) + "\n")
