"""What Moodle takes back: a grading worksheet for each unit, and a zip of feedback in its own names.

mod/assign/feedback/offline/importgradeslib.php finds `Identifier` ("Participant 811"), `Grade` and
`Last modified (grade)`; mod/assign/feedback/file/importziplib.php takes a folder
`name_number_assignsubmission_file` apart, and gives what is in it to that participant.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

from halfway.catalog import UnitFiles
from halfway.render.visible import cell
from halfway.review.comments import Comments
from halfway.review.exports.table import BOM, Table
from halfway.review.gradebook import Gradebook, Learner
from halfway.review.marks import Marks
from halfway.review.roster import Member

COLUMNS = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
    "Last modified (submission)", "Last modified (grade)", "Feedback comments",
)  # fmt: skip
WHEN = (2000, 1, 1, 0, 0, 0)
"""The time of every entry, so that equal classes give equal zips."""


def _number(learner: Learner) -> str:
    """Gives the number by which Moodle knows a learner in this assignment, or ""."""
    member = learner.member or Member()
    return learner.person.id if learner.person.platform == "moodle" else member.moodle


def worksheet(book: Gradebook, unit: UnitFiles, comments: Comments, marks: Marks) -> str:
    """Gives the worksheet of one assignment: whoever Moodle knows by a number, and handed this unit in."""
    table = Table(COLUMNS)
    for learner in book.learners:
        mark = marks.of(learner, unit)
        if unit.slug in learner.graded and (number := _number(learner)):
            member = learner.member or Member()
            grade = "" if mark.points is None else f"{mark.points:.2f}"
            comment = comments.of(learner.name, unit.slug).comment
            name = cell(member.name or learner.person.name)
            status = "Submitted for grading"
            table.add(
                f"Participant {number}", name, cell(member.mail), status, grade, f"{mark.maximum:.2f}", "Yes",
                "-", "-", cell(comment),
            )  # fmt: skip
    return BOM + table.text()


def gradebook(book: Gradebook, marks: Marks) -> str:
    """Gives a table for Moodle's grade import, which asks which column is what."""
    titles = [f"{unit.number} {unit.title}" for unit in book.units]
    table = Table(("ID number", "Username", "Email address", "Full name", *map(cell, titles)))
    for learner in book.learners:
        member = learner.member or Member()
        own = (member.id, member.login, member.mail, member.name or learner.person.name)
        marked = [marks.of(learner, unit) for unit in book.units]
        cells = ["" if m.points is None or m.state == "not handed in" else f"{m.points:g}" for m in marked]
        table.add(*map(cell, own), *cells)
    return BOM + table.text()


def feedback(book: Gradebook, page: Callable[[Learner], str]) -> Iterator[bytes]:
    """Gives the zip with a page for each learner who has a folder of Moodle's; nothing if nobody has."""
    known = [learner for learner in book.learners if learner.person.platform == "moodle" and learner.graded]
    if not known:
        return
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for learner in known:
            entry = zipfile.ZipInfo(f"{learner.person.entry}/feedback.html", WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, page(learner))
    yield data.getvalue()
