"""One table for a spreadsheet: a line for each learner and unit, with everybody who is in the roster."""

from __future__ import annotations

from halfway.catalog import UnitFiles
from halfway.render.visible import cell
from halfway.review.comments import Comments
from halfway.review.exports.table import Table
from halfway.review.gradebook import Gradebook, Graded, Learner
from halfway.review.intake import Person
from halfway.review.marks import Marks
from halfway.review.roster import Member

COLUMNS = (
    "learner", "id", "name", "login", "mail", "section", "unit", "state", "score", "kept", "of", "maximum",
    "late", "misconception", "checker_fault", "comment", "file", "sha256", "total", "total_of", "feedback",
)  # fmt: skip


def grades(book: Gradebook, comments: Comments, marks: Marks) -> str:
    """Gives the table. `score` is in points, and empty where there is none yet; a total counts it as 0."""
    table = Table(COLUMNS)
    for learner in book.learners:
        for unit in book.units:
            graded = learner.graded.get(unit.slug)
            if graded is not None or book.is_listed:
                _line(table, learner, unit, graded, comments, marks)
    for member in book.silent:
        for unit in book.units:
            absent = Learner(_nobody(member), {}, member=member)
            _line(table, absent, unit, None, comments, marks)
    return table.text()


def _nobody(member: Member) -> Person:
    return Person(f"roster/{member.shown}", member.shown, member.name)


def _line(
    table: Table, learner: Learner, unit: UnitFiles, graded: Graded | None, comments: Comments, marks: Marks
) -> None:
    mark, member, person = marks.of(learner, unit), learner.member or Member(), learner.person
    total, most = marks.total(learner)
    summary = graded.summary if graded else None
    table.add(
        cell(learner.name),
        cell(member.id or person.id),
        cell(member.name or person.name),
        *(cell(text) for text in (member.login, member.mail, member.section)),
        unit.slug,
        mark.state,
        "" if mark.points is None else f"{mark.points:g}",
        mark.kept,
        mark.of,
        f"{mark.maximum:g}",
        mark.late,
        cell(summary.misconception if summary else ""),
        cell(graded.trouble if graded else ""),
        cell(comments.of(learner.name, unit.slug).comment),
        cell(graded.handed.where if graded else ""),
        graded.handed.sha256 if graded else "",
        f"{total:g}",
        f"{most:g}",
        f"feedback/{learner.id}.html" if graded else "",
    )
