"""`halfway watch`: a verdict for each save, on a full screen where there is one, else in plain lines."""

from __future__ import annotations

import os
import sys

import click

from halfway.cli import pristine, warm
from halfway.cli.common import all_units, chosen
from halfway.cli.spelling import can_write


@click.command("watch")
@click.argument("unit", required=False)
@click.option("--plain", is_flag=True, help="Plain lines, without the full-screen view.")
def watch_command(unit: str | None, plain: bool) -> None:
    """Watch your file of UNIT (by default the one where you are): a verdict each time you save it."""
    watch(unit, plain=plain)


def watch(unit: str | None, *, plain: bool, pages: str | None = None) -> None:
    """Watches until the learner quits; `pages` is where the pages are served, if they are."""
    # The process that forks for each verdict is another one; it comes up while we import what draws.
    grader = warm.start()
    units = all_units()
    files = chosen(unit)
    pristine.keep_copies(units)
    if plain or not has_screen():
        from halfway.cli.watcher.plain import watch_plainly

        watch_plainly(files, grader)
        return
    from halfway.cli.watcher.screen import Watcher

    Watcher(files, units, grader, pages).run()


def has_screen() -> bool:
    """Says whether this is a terminal that a full-screen view can draw on and read keys from."""
    is_terminal = sys.stdout.isatty() and sys.stdin.isatty() and os.environ.get("TERM") != "dumb"
    return is_terminal and can_write("✓")
