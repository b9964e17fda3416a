"""`halfway site`: the pages, built, served, or looked at where they are published."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import click

from halfway import catalog
from halfway.cli import address
from halfway.cli.building import build, site_folder
from halfway.cli.codes import Exit
from halfway.cli.common import say
from halfway.cli.problem import Problem
from halfway.cli.serving import PORT, PORTS, serving


@click.command("site")
@click.option(
    "--build",
    "out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Build the pages into this folder.",
)
@click.option("--serve", is_flag=True, help="Serve the pages until Ctrl-C.")
@click.option("--drafts", is_flag=True, help="Show the units that are drafts as well.")
@click.option(
    "--port",
    type=PORTS,
    default=PORT,
    show_default=True,
    help="Where to serve them; the next free one if taken.",
)
@click.option(
    "--check", "published", metavar="URL", help="Say what the host at URL does wrong with the pages."
)
def site_command(out: Path | None, serve: bool, drafts: bool, port: int, published: str | None) -> int:
    """Build the pages, and serve them with --serve. Builds only what has changed."""
    if published is not None:
        return _checked(published)
    course = catalog.root()
    target = out or site_folder(course)
    if drafts:
        from halfway.site.published import DRAFTS

        os.environ[DRAFTS] = "1"
    build(course, target, click.echo)
    if not serve:
        say(f"The pages are in {target}. Next: `halfway site --serve` shows them.")
        return Exit.KEPT
    with serving(target, port) as where, address.noted(course, where):
        click.echo(f"The pages are at {where} (Ctrl-C ends)")
        _wait_for_ctrl_c()
    return Exit.KEPT


def _checked(published: str) -> int:
    """Asks the host, as a browser would, and says what it finds."""
    from halfway.site import check

    try:
        found = check.check(published)
    except check.NotThere as reason:
        raise Problem(
            "There is no site of the course to check there.",
            str(reason),
            "Next: give the address of the site's first page, as in `halfway site --check https://example.org/course/`.",
            Exit.NOTHING_TO_GRADE,
        ) from None
    for finding in found:
        click.echo(f"✗ {finding}")
    if not found:
        click.echo("✓ The host serves the pages as a browser needs them.")
    return Exit.BROKEN if found else Exit.KEPT


def _wait_for_ctrl_c() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo()
