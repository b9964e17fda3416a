"""`halfway test`: the project's own tests."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import click

from halfway import catalog, interpreter
from halfway.cli.codes import Exit
from halfway.cli.problem import Problem

SPREAD = ("-n", "auto", "--maxprocesses", "8", "--dist", "loadscope", "--no-loadscope-reorder")


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
    # The tests run in the course's own folder, and programs of theirs import what lies beside them.
    del environment["PYTHONSAFEPATH"]
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
