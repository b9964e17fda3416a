"""Watching without a screen: one verdict after the other, in plain lines."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from halfway.catalog import UnitFiles, exercises_folder
from halfway.cli.common import now, width
from halfway.cli.verdicts import note, show_verdict
from halfway.cli.watcher.saves import Saves
from halfway.cli.watcher.session import Done, Failed, Gone, Grades, Session, Told


def watch_plainly(files: UnitFiles, grader: Grades) -> None:
    """Prints the verdict now and at each save, until it is interrupted."""
    session = Session(grader, _print, lambda done: note(done.unit, done.verdict))
    saves = Saves(exercises_folder(files.course), lambda path: _heard(session, files, path))
    try:
        click.echo(f"Watching {files.shown(files.stub)}. Save it for a verdict; Ctrl-C ends.\n")
        session.start()
        saves.start()
        session.ask(files)
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo()
    finally:
        saves.stop()
        session.close()


def _heard(session: Session, files: UnitFiles, path: Path) -> None:
    if path == files.stub:
        session.ask(files)


def _print(told: Told) -> None:
    if isinstance(told, Done):
        click.echo(f"-- {now():%H:%M:%S} " + "-" * (width() - 12))
        show_verdict(told.verdict)
        if told.verdict.passed:
            click.echo("Next: `halfway list` shows what comes after it.")
        click.echo()
    elif isinstance(told, Gone):
        click.echo(f"{told.unit.shown(told.path)} is gone. It is graded again as soon as it is back.\n")
    elif isinstance(told, Failed):
        click.echo(told.text + "\n")
