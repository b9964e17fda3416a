"""`halfway page`: where the concept page of a unit is."""

from __future__ import annotations

import click

from halfway.cli import address
from halfway.cli.common import chosen, say


@click.command("page")
@click.argument("unit", required=False)
@click.option("--no-open", is_flag=True, help="Say the address without opening it.")
def page_command(unit: str | None, no_open: bool) -> None:
    """Show where the concept page of UNIT is, and open it where there is a browser."""
    files = chosen(unit)
    where = address.of_page(files)
    if where is None:
        click.echo(files.shown(address.file_of_page(files)))
        say("The pages are not served. Next: `halfway start`, or read the file.")
        return
    click.echo(where)
    if not no_open:
        address.open_in_browser(where)
