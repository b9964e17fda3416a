"""`halfway release`: the edition that learners get."""

from __future__ import annotations

from pathlib import Path

import click

from halfway import catalog
from halfway.cli.building import tools
from halfway.cli.codes import Exit
from halfway.cli.problem import Problem


@click.command("release")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def release_command(folder: Path) -> None:
    """For authors: write the learners' edition into DIR, a new or empty folder.

    It holds the exercises, the pages with their labs, and the grader. Suites and solutions are out of sight
    there; they are not secret.
    """
    course = catalog.root()
    with tools("No edition was written, and nothing is left behind."):
        from halfway.site.published import published
        from halfway.site.release import NotReleasedError, release

        try:
            report = release(folder, course, click.echo)
        except NotReleasedError as reason:
            raise Problem(
                f"No edition was written: {reason}.",
                "",
                "Next: name a new or empty folder, or mend what is missing; then `halfway release DIR`.",
                Exit.NOTHING_TO_GRADE,
            ) from None
    click.echo(f"The edition is in {folder}: {len(published(course))} units, {report.pages} pages.")
    click.echo(f"Next: `cd {folder}`, then `python3 course.py`, as a learner does.")
