"""`halfway new`, `halfway prove` and `halfway test`: an author's day."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import click

from halfway import catalog, interpreter
from halfway.cli.codes import Exit
from halfway.cli.common import now
from halfway.cli.problem import Problem
from halfway.cli.skeleton import make_unit

# What stays in one process is said in tests/conftest.py; long files come first in the order they are in.
SPREAD = ("-n", "auto", "--maxprocesses", "8", "--dist", "loadscope", "--no-loadscope-reorder")


@click.command("new")
@click.argument("slug")
@click.option(
    "--file", metavar="NAME.py", help="The learner's file; a verb of the domain. By default from the slug."
)
def new_command(slug: str, file: str | None) -> None:
    """For authors: make the skeleton of the unit SLUG, in all three trees, with its page.

    The skeleton is a small unit that keeps every law. Each place to fill is marked `Fill in`.
    """
    course = catalog.root()
    for path in make_unit(course, slug, file):
        click.echo(path.relative_to(course).as_posix())
    click.echo("\nNext: fill every place that `git grep -n --untracked 'Fill in'` shows,")
    click.echo(f"then `halfway prove {slug} --accept`, and read what it shows.")


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


@click.command("test", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
def test_command(pytest_args: tuple[str, ...]) -> int:
    """Run the project's own tests; everything after `test` goes to pytest, whose exit code is passed on.

    With nothing after it, all of them run, spread over the processors of this machine.
    """
    _require_tools("hypothesis", "xdist", "playwright")
    course = catalog.root()
    command = interpreter.tool("pytest", *(pytest_args or SPREAD))
    environment = interpreter.environment()
    if os.name != "nt":
        os.chdir(course)
        sys.stdout.flush()
        os.execve(  # noqa: S606 - this Python, with what the author typed
            command[0], command, environment
        )
    run = subprocess.run(  # noqa: S603 - this Python, for an author
        command, cwd=course, env=environment, check=False
    )
    return run.returncode


def _require_tools(*modules: str) -> None:
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise Problem(
            f"The tools of an author are not installed ({', '.join(missing)}).",
            "",
            "Next: `python3 course.py test` installs them.",
            Exit.NOTHING_TO_GRADE,
        )
