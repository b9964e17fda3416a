"""The command `halfway`: which commands there are, and how each of them may end."""

from __future__ import annotations

import difflib
import errno
import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from halfway.cli.codes import EXIT_CODES_HELP, Exit
from halfway.cli.problem import Problem
from halfway.cli.spelling import pasted

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)

# A command is imported when it is asked for: where it lives, and its line in `halfway --help`.
COMMANDS = {
    "start": ("start", "Show the pages in the browser and watch your file in this terminal."),
    "watch": ("watch", "Watch your file: a verdict each time you save it."),
    "list": ("list", "Show every unit, and which ones you have solved."),
    "grade": ("grade", "Give the verdict on a unit."),
    "explore": ("explore", "Go through a story, and choose what goes wrong at each step."),
    "hint": ("hint", "Show the next hint of a unit."),
    "page": ("page", "Show where the concept page of a unit is, and open it."),
    "solution": ("solution", "Show the solution of a unit that you have solved."),
    "field-trip": ("field_trip", "Run your file inside the real system that its unit is about."),
    "reset": ("reset", "Begin a unit anew; your file is kept beside it."),
    "update": ("update", "Bring in a newer course; what you wrote stays as it is."),
    "progress": ("progress", "Show what you have done so far."),
    "site": ("site", "Build the pages, and serve them."),
    "review": ("review", "For instructors: grade a class, and write its report."),
    "review-worker": ("review", "For instructors: help to grade a class, from this or another machine."),
    "new": ("new", "For authors: make the skeleton of a unit."),
    "wrong": ("wrong", "For authors: write out a wrong idea of a unit, or take one up."),
    "prove": ("prove", "For authors: check that units keep the laws."),
    "release": ("release", "For authors: write the edition that learners get."),
    "trial": ("trial", "For authors: grade right and wrong programs, and show where the suite errs."),
    "hosts": ("hosts", "For authors: grade every file here and in the page's Python, and compare."),
    "test": ("test", "Run the project's own tests."),
}


# What needs the course's own repository: suites, solutions and pages as their authors write them.
NOT_IN_AN_EDITION = frozenset(
    ("review", "review-worker", "new", "wrong", "prove", "trial", "release", "hosts", "test")
)


class Commands(click.Group):
    """A group that imports a command when it is called, and knows what a misspelt one was meant to be."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        left_out = NOT_IN_AN_EDITION if _in_an_edition() else ()
        return [name for name in COMMANDS if name not in left_out]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name in NOT_IN_AN_EDITION and _in_an_edition():
            raise Problem(
                f"`halfway {cmd_name}` is for authors and instructors, and this is the learners' edition.",
                "",
                "Next: type it in the course's own repository; `halfway --help` shows what there is here.",
                Exit.NOTHING_TO_GRADE,
            )
        module = importlib.import_module(f"halfway.cli.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name.rpartition('-')[2]}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in COMMANDS or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        near = difflib.get_close_matches(args[0], COMMANDS, 1, 0.5)
        advice = f"Next: `halfway {near[0]}`, or" if near else "Next:"
        raise Problem(f"No command is named {args[0]!r}.", "", f"{advice} `halfway --help` for all of them.")


def _in_an_edition() -> bool:
    from halfway.catalog import NoCourse, is_edition, root

    try:
        return is_edition(root())
    except NoCourse:
        return False


@click.group(
    cls=Commands,
    invoke_without_command=True,
    epilog=EXIT_CODES_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="halfway", message="%(prog)s %(version)s")
@click.option("--plain", is_flag=True, help="Watch with plain lines, without the full-screen view.")
@click.pass_context
def halfway(ctx: click.Context, plain: bool) -> None:
    """What is true when an operation stops halfway: a course with a judge.

    Without a command, watches the first unit that you have not solved yet.
    A UNIT is a number (41), a slug (ex41_dedup_key), the start of a name (dedup) or a path inside the unit.
    """
    if ctx.invoked_subcommand is None:
        from halfway.cli.commands.watch import watch

        watch(None, plain=plain)


def run(words: list[str]) -> int:
    """Runs the command, and turns every way in which it can end into an exit code and kind words."""
    _prepare_streams()
    try:
        # Not click's own `main`: it ends a command whose reader has left early as one that failed.
        with halfway.make_context("halfway", words, **_colour()) as context:
            code = halfway.invoke(context)
        sys.stdout.flush()
        return int(code) if isinstance(code, int) else Exit.KEPT
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except Problem as problem:
        return _say(str(problem), problem.code)
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        return _say("", Exit.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output (`head`, a pager) has read enough. Python must not try to flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.KEPT
    except Exception as error:
        return _told(error)


def _told(error: Exception) -> int:
    """Says what a fault of the course's own files is, or where the story of a fault of ours is kept."""
    from halfway.catalog import CatalogError, NoCourse, NoMutant, NoUnit

    if isinstance(error, CatalogError):
        codes = {NoUnit: Exit.USAGE, NoMutant: Exit.USAGE, NoCourse: Exit.NOTHING_TO_GRADE}
        return _say(str(error), codes.get(type(error), Exit.CHECKER_FAULT))
    if isinstance(error, OSError) and error.errno in (*FULL, *REFUSED) and error.filename:
        return _say(_refused(error), Exit.NOTHING_TO_GRADE)
    story = "".join(traceback.format_exception(error))
    try:
        from halfway.catalog import root
        from halfway.cli.files import notes_folder
        from halfway.files import write_whole

        log = notes_folder(root()) / "fault.txt"
        write_whole(log, story)
        where = f"The whole story is in {_near(log)}."
    except (CatalogError, OSError):
        where = story
    return _say(f"Halfway itself failed; this is not your code.\n{where}", Exit.CHECKER_FAULT)


def _refused(error: OSError) -> str:
    """Says that the reader's disk is full, or a file not theirs, and what to do: no fault of ours."""
    said = f"{_near(Path(os.fsdecode(error.filename)))} could not be read or written: {error.strerror}.\n"
    if error.errno in FULL:
        return said + "Next: make room on the disk, and type the same again."
    return said + "Next: `cp -r . ~/halfway` makes a copy of the course that is yours; type the same there."


def _near(path: Path) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive, on Windows
        return str(path)


def _say(text: str, code: Exit) -> int:
    click.echo(pasted(text), err=True)
    return code


def _prepare_streams() -> None:
    """A terminal that cannot show a character shows `?` for it: a verdict never ends in an encoding error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _colour() -> dict[str, Any]:
    return {"color": False} if os.environ.get("NO_COLOR") else {}
