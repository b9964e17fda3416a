"""`halfway update`: a newer course, and a learner's texts as they were."""

from __future__ import annotations

from pathlib import Path

import click

from halfway import catalog
from halfway.cli.codes import Exit
from halfway.cli.common import say
from halfway.cli.problem import Problem
from halfway.cli.updating import Updated


@click.command("update")
@click.argument("newer", required=False, type=click.Path(path_type=Path))
def update_command(newer: Path | None) -> None:
    """Bring in a newer version of the course; what you wrote stays as it is.

    A clone asks where it was cloned from. Elsewhere NEWER is the folder or the zip of a newer edition.
    """
    course = catalog.root()
    _say(_update(course, newer), course)


def _update(course: Path, newer: Path | None) -> Updated:
    if newer is None and (course / ".git").exists():
        from halfway.cli.updating import clone

        return clone.update(course)
    if newer is not None and catalog.is_edition(course):
        from halfway.cli.updating import edition

        return edition.update(course, newer)
    raise Problem(
        "Nobody knows where a newer course would come from: this folder is no clone."
        if newer is None
        else "This is the course's own repository, and a learners' edition cannot take its place.",
        str(course),
        "Next: `halfway update ~/Downloads/halfway.zip` takes a newer edition from there."
        if newer is None
        else "Next: `halfway update`, without a name, asks where this clone comes from.",
        Exit.NOTHING_TO_GRADE,
    )


def _say(updated: Updated, course: Path) -> None:
    if not updated.anything:
        say("This is the newest version already.")
        return
    say("The course is updated; every file of yours is as it was.")
    for slug in updated.added:
        say(f"New: {slug}.")
    for stub, beside in updated.newer_stubs:
        mine, fresh = (path.relative_to(course).as_posix() for path in (stub, beside))
        say(f"The stub of {mine} has changed. The new one stands beside yours, as {fresh}.")
    say("Next: `halfway list`.")
