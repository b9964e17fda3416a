"""`halfway grade`: one verdict, or one of each unit."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from halfway.catalog import UnitFiles
from halfway.cli import warm
from halfway.cli.codes import Exit
from halfway.cli.common import all_units, chosen, paint, title, warn, width
from halfway.cli.given import changed_given
from halfway.cli.problem import Problem
from halfway.cli.reviewed import otherwise, reviewed
from halfway.cli.spelling import manner
from halfway.cli.verdicts import exit_code, note, require_file, show_lines, show_verdict

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
    verdict = reviewed(files) if confined else _graded(files, replay)
    if replay is None:
        note(files, verdict)
    if as_json:
        click.echo(verdict.to_json())
    elif replay is not None:
        show_lines([line for result in verdict.promises for line in _replayed(result, files.slug)])
    else:
        show_verdict(verdict)
        if said := changed_given(files):
            warn(said)
        if verdict.passed and not confined and sys.stdout.isatty() and (said := otherwise(files, verdict)):
            warn(said)
    return exit_code(verdict)


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
    if result.status == "not_reached":
        return []
    return [*promise_lines(result, slug, width(), manner=manner()), []]


def _import_renderers() -> None:
    importlib.import_module("halfway.render.terminal")
