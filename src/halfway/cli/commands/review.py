"""`halfway review` and `halfway review-worker`: a class, graded durably."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from halfway import catalog
from halfway.cli.codes import Exit
from halfway.cli.common import now, warn
from halfway.cli.counting import counter
from halfway.cli.problem import Problem
from halfway.render.visible import visible_text

if TYPE_CHECKING:
    from halfway.review.gradebook import Gradebook
    from halfway.review.judge import Trust
    from halfway.review.report import Wanted
    from halfway.review.run import Review

KINDS = ("canvas", "moodle", "gradescope", "github_classroom", "classroom50", "exercism", "junit")
"""What `--export` takes; a test compares it with what there is."""
REMARKS_SHOWN = 12
STATES = {
    "SUCCESS": "graded",
    "ERROR": "without a verdict",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "without a verdict",
    "PENDING": "being graded",
    "ENQUEUED": "waiting",
    "CANCELLED": "cancelled",
    "MISSING": "not queued yet",
}
"""What the states of a content are called, in the order in which they are told."""

LOUD = (
    "WARNING: --trust-submissions. Each submission runs as you do, without a sandbox. It can read and\n"
    "change your files, use your network, and write its own marks. Trust nothing but code of your own."
)

trusted = click.option(
    "--trust-submissions",
    is_flag=True,
    help="Run submissions without sandboxes: they can read and change whatever you can, and their own marks.",
)
at_database = click.option(
    "--database-url", metavar="URL", help="A PostgreSQL database for the queue, shared by several machines."
)

may_create = click.option(
    "--create-database", is_flag=True, help="Make the database of the queue, if it is not there."
)


@click.command("review")
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="The folder of the report."
)
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(min=0),
    help="Workers to start here; one a processor if not said.",
)
@click.option("--status", "only_status", is_flag=True, help="Show how far the review is, and change nothing.")
@click.option("--retry-checker-faults", is_flag=True, help="Grade again where the checker itself failed.")
@click.option(
    "--retry-out-of-time", is_flag=True, help="Grade again what ran out of time, on a machine that was busy."
)
@click.option(
    "--roster",
    "roster_file",
    metavar="CSV",
    type=click.Path(path_type=Path),
    help="Who is in the class: id, name, login, mail, section; or some of these.",
)
@click.option(
    "--settings",
    metavar="TOML",
    type=click.Path(path_type=Path),
    help="How marks are made; `review.toml` in DIR, if it is not said.",
)
@click.option(
    "--export",
    "exports",
    metavar="KINDS",
    default="",
    help=f"Files for other systems, such as `canvas,moodle`: {', '.join(KINDS)}.",
)
@at_database
@may_create
@trusted
def review_command(
    submissions: Path,
    out: Path,
    workers: int | None,
    only_status: bool,
    retry_checker_faults: bool,
    retry_out_of_time: bool,
    roster_file: Path | None,
    settings: Path | None,
    exports: str,
    database_url: str | None,
    create_database: bool,
    trust_submissions: bool,
) -> int:
    """Grade a class: SUBMISSIONS is a folder of folders, zips or git clones, or the zip of an LMS.

    Writes a report and exports into DIR. Ctrl-C cancels, and the same command goes on.
    """
    _tools()
    catalog.mark_with_our_own()
    wanted = _wanted(exports, settings, roster_file)
    judges_here = not only_status and workers != 0
    trust = _trust(trusted=trust_submissions, judges_here=judges_here)
    from halfway.review.run import Asked

    asked = Asked(
        submissions,
        out.expanduser().absolute(),
        trust,
        database_url,
        workers if workers is not None else os.cpu_count() or 1,
        retry_checker_faults,
        retry_out_of_time,
        create_database=create_database,
    )
    review = _taken(asked)
    if only_status:
        return _status(review)
    _something(review)
    return _reviewed(review, wanted)


def _something(review: Review) -> None:
    """Ends the command where no file of a unit was handed in."""
    if not review.keys:
        remarks = "\n".join(map(str, review.intake.remarks[:REMARKS_SHOWN]))
        raise Problem(
            "No submission of a known unit was found.",
            remarks or str(review.asked.submissions),
            "Next: name the folder that holds one folder or zip for each learner.",
            Exit.NOTHING_TO_GRADE,
        )


def _wanted(exports: str, settings: Path | None, roster_file: Path | None) -> Wanted:
    """Gives what the report is to be, or says what of it is not understood, before anything is graded."""
    from halfway.review.report import Wanted
    from halfway.review.roster import NoRosterError, read_roster

    kinds = [kind.strip().replace("-", "_") for kind in exports.split(",") if kind.strip()]
    kinds = list(KINDS) if kinds == ["all"] else kinds
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        known = f"Next: choose from {', '.join(KINDS)}, or `all`."
        raise Problem(f"There is no export {unknown[0]!r}.", "", known)
    if settings is not None and not settings.is_file():
        raise Problem("The settings cannot be read.", str(settings), "Next: name a file.")
    try:
        roster = read_roster(roster_file) if roster_file else None
    except NoRosterError as error:
        raise Problem(str(error), "", "", Exit.NOTHING_TO_GRADE) from error
    return Wanted(kinds, settings, roster)


@click.command("review-worker")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder of the report, for a queue in a file.",
)
@click.option("--tied", is_flag=True, hidden=True)
@at_database
@may_create
@trusted
def worker_command(
    out: Path | None, tied: bool, database_url: str | None, create_database: bool, trust_submissions: bool
) -> int:
    """Grade what waits in the queue of a review, until Ctrl-C. Start as many as you like, on any machine."""
    _tools()
    catalog.mark_with_our_own()
    if (out is None) == (database_url is None):
        raise Problem(
            "A worker needs to know its queue.", "", "Next: add either `--out DIR` or `--database-url URL`."
        )
    trust = _trust(trusted=trust_submissions, judges_here=True)
    from halfway.review.judge import WarmJudge

    judge = WarmJudge(trust)  # it comes up while the rest is imported
    from halfway.review.keys import course_version
    from halfway.review.queue import Database, NoDatabaseError
    from halfway.review.worker import run_worker

    folder = (out or Path()).expanduser().absolute() / ".review"
    try:
        database = Database.at(folder, database_url)
        database.prepare(create=create_database)
    except NoDatabaseError as error:
        judge.close()
        _stop(error)
    return run_worker(database, course_version(trust), judge, tied=tied)


def _tools() -> None:
    missing = [name for name in ("dbos", "jinja2", "rapidfuzz") if importlib.util.find_spec(name) is None]
    if missing:
        raise Problem(
            f"The tools of a review are not installed ({', '.join(missing)}).",
            "",
            "Next: `python3 course.py review ...` installs them.",
            Exit.NOTHING_TO_GRADE,
        )


def _trust(*, trusted: bool, judges_here: bool) -> Trust:
    """Gives the way of judging: in sandboxes, unless somebody says otherwise, and hears what that means."""
    from halfway.review.judge import missing

    if trusted:
        if judges_here:
            warn(LOUD)
        return "trusted"
    if judges_here and (lack := missing("confined")):
        raise Problem(
            "No submission was run: this machine cannot confine it.",
            f"{lack[:1].upper()}{lack[1:]}.",
            "",
            Exit.NOTHING_TO_GRADE,
        )
    return "confined"


def _stop(error: Exception) -> NoReturn:
    """Ends the command with what one of the review's own errors says."""
    from halfway.review.crew import NoWorkersError

    code = Exit.CHECKER_FAULT if isinstance(error, NoWorkersError) else Exit.NOTHING_TO_GRADE
    raise Problem(str(error), "", "", code) from error


def _taken(asked: object) -> Review:
    from halfway.review.intake import NothingThereError
    from halfway.review.run import Asked, Review

    assert isinstance(asked, Asked)
    try:
        return Review(asked)
    except NothingThereError as error:
        _stop(error)


def _status(review: Review) -> int:
    from halfway.review.queue import NoDatabaseError

    folder = review.asked.database.folder
    try:
        if folder is not None and not (folder / "queue.sqlite").is_file():
            states = Counter({"MISSING": review.contents})
        else:
            states = review.status(warn)
    except NoDatabaseError as error:
        _stop(error)
    _say_taken(review)
    for state, name in STATES.items():
        if states[state]:
            click.echo(f"{states[state]:>6,}  {name}")
    return Exit.KEPT


def _say_taken(review: Review) -> None:
    counted = (
        (len(review.intake.learners), "learner"),
        (len(review.intake.handed), "submission"),
        (review.contents, "different content"),
    )
    click.echo(", ".join(f"{number:,} {what}{'' if number == 1 else 's'}" for number, what in counted))


def _say_remarks(review: Review) -> None:
    remarks = sorted(review.intake.remarks, key=lambda remark: remark.taken)
    for remark in remarks[:REMARKS_SHOWN]:
        warn(f"  {'note' if remark.taken else 'not taken'}: {remark}")
    if (more := len(remarks) - REMARKS_SHOWN) > 0:
        warn(f"  ... and {more:,} more; the report lists all of them")


def _reviewed(review: Review, wanted: Wanted) -> int:
    from halfway.review.crew import NoWorkersError
    from halfway.review.files import NotWrittenError
    from halfway.review.queue import NoDatabaseError
    from halfway.review.report import write_report
    from halfway.review.run import BusyError

    _say_taken(review)
    _say_remarks(review)
    try:
        with review.alone():
            with counter() as progress:
                book = review.run(progress, warn)
            remarks = write_report(book, review.asked.out, now(), wanted)
    except KeyboardInterrupt:
        warn("\nCancelled. What is graded stays; the same command goes on from here.")
        return Exit.INTERRUPTED
    except (NoDatabaseError, NotWrittenError, NoWorkersError, BusyError) as error:
        _stop(error)
    for line in remarks:
        warn(f"  {visible_text(line)}")
    if book.is_listed:
        silent, unknown = len(book.silent), len(book.unknown)
        warn(f"By the roster: nothing was handed in by {silent:,}; {unknown:,} are not in it.")
    return _told(book, review.asked.out)


def _told(book: Gradebook, out: Path) -> int:
    faults = [
        (learner, graded) for learner in book.learners for graded in learner.graded.values() if graded.trouble
    ]
    for learner, graded in faults[:REMARKS_SHOWN]:
        what = f"{learner.name}, {graded.handed.unit}: {graded.trouble}"
        warn(f"  the checker itself failed: {visible_text(what)}")
    late = sum(
        graded.summary is not None and graded.summary.out_of_time
        for learner in book.learners
        for graded in learner.graded.values()
    )
    if late:
        warn(
            f"{late:,} of the submissions ran out of time. If this machine was busy with other things,\n"
            "next: the same command with `--retry-out-of-time`, when it is quiet."
        )
    ended = [
        (learner, unit)
        for learner in book.learners
        for unit, graded in learner.graded.items()
        if graded.summary is not None and graded.summary.given_up
    ]
    for learner, unit in ended[:REMARKS_SHOWN]:
        warn(f"  given up: {learner.name}, {unit}: it ended the process that judged it, twice")
    click.echo(f"The report: {out / 'index.html'}")
    if faults:
        warn(
            f"The checker failed on {len(faults):,} of the submissions.\n"
            "Next: the same command with `--retry-checker-faults`."
        )
        return Exit.CHECKER_FAULT
    sys.stdout.flush()
    return Exit.KEPT
