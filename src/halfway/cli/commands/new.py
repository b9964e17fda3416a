"""`halfway new`: the skeleton of a unit."""

from __future__ import annotations

import click

from halfway import catalog
from halfway.cli.common import say
from halfway.cli.skeleton import make_unit


@click.command("new")
@click.argument("slug")
@click.option(
    "--file", metavar="NAME.py", help="The learner's file; a verb of the domain. By default from the slug."
)
@click.option(
    "--kind",
    type=click.Choice(catalog.KINDS),
    default="implement",
    show_default=True,
    help="What a learner does with the file.",
)
def new_command(slug: str, file: str | None, kind: str) -> None:
    """For authors: make the skeleton of the unit SLUG, in all three trees, with its page.

    The skeleton is a small unit that keeps every law, and a draft. Each place to fill is marked `Fill in`.
    """
    course = catalog.root()
    for path in make_unit(course, slug, file, kind):
        click.echo(path.relative_to(course).as_posix())
    click.echo("\nNext: fill every place that `git grep -n --untracked 'Fill in'` shows,")
    say(f"then `halfway prove {slug} --accept`, and read what it shows.")
