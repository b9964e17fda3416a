"""What commands and the watcher do with a verdict: note it, show it, end with its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from halfway.catalog import UnitFiles
from halfway.cli.codes import Exit
from halfway.cli.common import now, paint, progress_of, width
from halfway.cli.problem import Problem
from halfway.cli.progress import Progress
from halfway.cli.spelling import manner

if TYPE_CHECKING:
    from halfway.grading import Verdict
    from halfway.render.lanes import Line


def exit_code(verdict: Verdict) -> Exit:
    """Gives the exit code that tells a script what the verdict is."""
    if verdict.fault or any(result.status == "checker_fault" for result in verdict.promises):
        return Exit.CHECKER_FAULT
    return Exit.KEPT if verdict.passed else Exit.BROKEN


def note(files: UnitFiles, verdict: Verdict, progress: Progress | None = None) -> None:
    """Notes the verdict in the learner's progress, if it is one on their work.

    A fault of the checker costs them nothing, and a file that is still to be written is no attempt.
    """
    untouched = verdict.broken and all(result.unwritten for result in verdict.broken)
    if exit_code(verdict) != Exit.CHECKER_FAULT and not untouched:
        progress = progress or progress_of([files])
        progress.graded(files.slug, verdict.sha256, verdict.passed, now())


def require_file(files: UnitFiles) -> None:
    """Raises Problem if the learner's file is not there."""
    if not files.stub.is_file():
        raise Problem(
            f"There is no file to grade: {files.shown(files.stub)} is gone.",
            "",
            f"Next: `halfway reset {files.number}` brings the untouched file back.",
            Exit.NOTHING_TO_GRADE,
        )


def show_verdict(verdict: Verdict) -> None:
    """Writes the whole verdict, its first broken promise open."""
    from halfway.render.text import verdict_lines

    show_lines(verdict_lines(verdict, width(), manner=manner()))


def show_lines(lines: list[Line]) -> None:
    """Writes lines to the terminal, in colour where it has some."""
    from halfway.render.terminal import STYLES

    for line in lines:
        click.echo("".join(_painted(text, STYLES[style]) for text, style in line).rstrip())


def _painted(text: str, style: str) -> str:
    """Paints with click alone: a cold verdict has no time to import rich."""
    words = style.split()
    colours = [word for word in words if word not in {"bold", "dim"}]
    if not words:
        return text
    return paint(text, bold="bold" in words or None, dim="dim" in words or None, fg=next(iter(colours), None))
