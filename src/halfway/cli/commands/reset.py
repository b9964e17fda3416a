"""`halfway reset`: a unit begun anew."""

from __future__ import annotations

import click

from halfway.cli.common import chosen
from halfway.cli.pristine import reset


@click.command("reset")
@click.argument("unit", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset_command(unit: str | None, yes: bool) -> None:
    """Begin UNIT anew: brings the untouched file back, and keeps yours beside it."""
    files = chosen(unit)
    if not yes:
        click.confirm(
            f"Bring back the untouched {files.shown(files.stub)}? Yours is kept beside it.", abort=True
        )
    click.echo(reset(files))
