"""A gradebook that Canvas imports as it stands: lib/gradebook_importer.rb reads these columns.

The title line begins with "Student" and "ID"; after "SIS User ID" and "SIS Login ID" comes "Section", then a
column for each assignment. A second line begins with "Points Possible". Canvas finds a learner by its own
number, else by SIS id, else by login, else by name; an assignment by `title (number)`.
"""

from __future__ import annotations

from halfway.render.visible import cell
from halfway.review.exports.table import BOM, Table
from halfway.review.gradebook import Gradebook, Learner
from halfway.review.marks import Marks
from halfway.review.roster import Member
from halfway.review.settings import Settings


def gradebook(book: Gradebook, marks: Marks, settings: Settings) -> str:
    """Gives the file. An empty cell leaves what Canvas has; so is that of a unit without a mark yet."""
    titles = [settings.unit(unit.slug).title or f"{unit.number} {unit.title}" for unit in book.units]
    table = Table(("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *map(cell, titles)))
    some = book.learners[0] if book.learners else None
    most = [f"{marks.of(some, unit).maximum:g}" for unit in book.units] if some else []
    table.add("    Points Possible", "", "", "", "", *most)
    for learner in book.learners:
        points = [marks.of(learner, unit) for unit in book.units]
        cells = ["" if m.points is None or m.state == "not handed in" else f"{m.points:g}" for m in points]
        table.add(*_student(learner), *cells)
    return BOM + table.text()


def _student(learner: Learner) -> list[str]:
    member, person = learner.member or Member(), learner.person
    own = member.canvas or (person.id if person.platform == "canvas" and person.id.isdigit() else "")
    name = member.name or person.name
    return [cell(text) for text in (name, own, member.id, member.login, member.section)]
