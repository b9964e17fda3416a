"""Watching without a screen: one verdict after the other, in plain lines."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from halfway.catalog import UnitFiles, exercises_folder, units
from halfway.cli.common import now, say, width
from halfway.cli.given import changed_given, given_files
from halfway.cli.verdicts import note, show_verdict
from halfway.cli.watcher.saves import Saves
from halfway.cli.watcher.session import Done, Failed, Gone, Grades, Session, Told
from halfway.cli.watcher.terminal import Lookout


def watch_plainly(files: UnitFiles, grader: Grades) -> None:
    """Prints the verdict now and at each save, until it is interrupted."""
    ended = threading.Event()
    session = Session(grader, _print, lambda done: note(done.unit, done.verdict))
    saves = Saves(exercises_folder(files.course), lambda path: _heard(session, files, path), say)
    lookout = Lookout(ended.set)
    try:
        click.echo(f"Watching {files.shown(files.stub)}. Save it for a verdict; Ctrl-C ends.\n")
        session.start()
        saves.start()
        lookout.start()
        session.ask(files)
        ended.wait()
    except KeyboardInterrupt:
        click.echo()
    finally:
        lookout.stop()
        saves.stop()
        session.close()


def _heard(session: Session, files: UnitFiles, path: Path) -> None:
    if path == files.stub:
        session.ask(files)
        return
    if path in given_files(files) and (said := changed_given(files)):
        say(said)
        return
    other = next((unit for unit in units(files.course) if unit.stub == path), None)
    if other is not None:
        say(f"You saved the file of unit {other.number}; this is {files.number}.")


def _print(told: Told) -> None:
    if isinstance(told, Done):
        click.echo(f"-- {now():%H:%M:%S} " + "-" * (width() - 12))
        show_verdict(told.verdict)
        if told.verdict.passed:
            say("Next: `halfway list` shows what comes after it.")
        click.echo()
    elif isinstance(told, Gone):
        click.echo(f"{told.unit.shown(told.path)} is gone. It is graded again as soon as it is back.\n")
    elif isinstance(told, Failed):
        click.echo(told.text + "\n")
