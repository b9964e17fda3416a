"""`halfway grade`: one verdict, or one of each unit."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from halfway.catalog import UnitFiles
from halfway.cli import warm
from halfway.cli.codes import Exit
from halfway.cli.commands.list import title
from halfway.cli.common import all_units, chosen, now, paint, progress_of, warn, width
from halfway.cli.problem import Problem
from halfway.cli.progress import Progress
from halfway.cli.spelling import manner

if TYPE_CHECKING:
    from halfway.grading.verdict import Verdict
    from halfway.render.lanes import Line


@click.command("grade")
@click.argument("unit", required=False)
@click.option("--all", "every", is_flag=True, help="Grade every unit, one line each.")
@click.option("--json", "as_json", is_flag=True, help="Write each verdict as one line of JSON.")
@click.option("--replay", metavar="STRING", help="Tell one story again: the string stands in a verdict.")
@click.option("--confined", is_flag=True, help="Judge in sandboxes, as a review of a class does; Linux.")
def grade_command(unit: str | None, every: bool, as_json: bool, replay: str | None, confined: bool) -> int:
    """Give the verdict on UNIT (by default the one where you are).

    Ends with 0 if every promise is kept, and with 1 if not.
    """
    if every and (unit or replay):
        raise Problem(
            "`--all` grades every unit: it takes no UNIT and no `--replay`.", "", "Next: leave one out."
        )
    if confined and (every or replay):
        raise Problem(
            "`--confined` judges one unit, as a review does: it takes no `--all` and no `--replay`.",
            "",
            "Next: leave one out.",
        )
    # While the other process comes up and works, this one reads what it will show the verdict with.
    threading.Thread(target=_import_renderers, daemon=True).start()
    if every:
        return _grade_all(all_units(), as_json=as_json)
    files = chosen(unit)
    verdict = _confined(files) if confined else _graded(files, replay)
    if replay is None:
        note(files, verdict)
    if as_json:
        click.echo(verdict.to_json())
    elif replay is not None:
        show_lines([line for result in verdict.promises for line in _replayed(result, files.slug)])
    else:
        show_verdict(verdict)
    return exit_code(verdict)


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


def _graded(files: UnitFiles, replay: str | None) -> Verdict:
    require_file(files)
    try:
        return warm.start().grade(files.slug, replay=replay)
    except ValueError as error:
        raise Problem(
            f"This replay string cannot be read: {replay!r}.",
            str(error),
            f"Next: `halfway grade {files.number}` shows the string of each broken promise.",
        ) from None


def _confined(files: UnitFiles) -> Verdict:
    """Gives the verdict that a review gives: by the same judge, on the same content."""
    from halfway.review.judge import WarmJudge, judged, missing

    require_file(files)
    if lack := missing("confined"):
        raise Problem(
            "Nothing was run: this machine cannot confine it.",
            f"{lack[:1].upper()}{lack[1:]}.",
            "",
            Exit.NOTHING_TO_GRADE,
        )
    judge = WarmJudge("confined")
    try:
        return judged(files.slug, files.file, files.stub.read_bytes(), judge)
    finally:
        judge.close()


def _grade_all(units: Iterable[UnitFiles], *, as_json: bool) -> int:
    codes = set()
    for files in units:
        if not files.stub.is_file():
            warn(f"{files.number}  {files.shown(files.stub)} is gone: not graded")
            codes.add(Exit.NOTHING_TO_GRADE)
            continue
        verdict = _graded(files, None)
        note(files, verdict)
        codes.add(exit_code(verdict))
        click.echo(verdict.to_json() if as_json else _one_line(files, verdict))
    return next((code for code in _WORST_FIRST if code in codes), Exit.KEPT)


_WORST_FIRST = (Exit.CHECKER_FAULT, Exit.NOTHING_TO_GRADE, Exit.BROKEN)


def _one_line(files: UnitFiles, verdict: Verdict) -> str:
    from halfway.render.text import summary

    said = verdict.fault or summary(verdict)
    marks = manner().marks
    mark = paint(marks["kept"], fg="green") if verdict.passed else paint(marks["broken"], fg="red")
    return f"{mark} {files.number}  {title(files)}: {said}"


def _replayed(result: object, slug: str) -> list[Line]:
    from halfway.grading.verdict import PromiseResult
    from halfway.render.text import promise_lines

    assert isinstance(result, PromiseResult)
    # A story is told again for one promise; the others were not asked.
    return (
        [*promise_lines(result, slug, width(), manner=manner()), []] if result.status != "not_reached" else []
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


def _import_renderers() -> None:
    importlib.import_module("halfway.render.terminal")
