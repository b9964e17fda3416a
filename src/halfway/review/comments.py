"""The instructor's own words and marks: a file beside the report that no run ever changes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from halfway.review.files import write
from halfway.review.gradebook import Gradebook

FILE = "comments.toml"
HEAD = """\
# Your comments and marks. Every run of `halfway review` reads this file and leaves it as it is.
# A name in quotes is the learner's, as the report shows it; under it, one table for each unit.
#
# ["Jane Doe"]
# comment = "A good week."
#
# ["Jane Doe".ex21_cancel_outcome]
# comment = '''
# The key is made again in each attempt.
# Look at line 12.'''
# score = 7          # instead of the number of kept promises
"""


@dataclass(frozen=True)
class Note:
    """What the instructor says of one learner, or of one submission."""

    comment: str = ""
    score: float | None = None


@dataclass
class Comments:
    """All notes, and a line for each that cannot be used."""

    notes: dict[tuple[str, str], Note] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def of(self, learner: str, unit: str = "") -> Note:
        """Gives the note on a learner, or on their submission for a unit."""
        return self.notes.get((learner, unit), Note())


def read_comments(book: Gradebook, out: Path) -> Comments:
    """Reads the file, or writes the beginning of one where there is none."""
    path, comments = out / FILE, Comments()
    if not path.exists():
        write(path, HEAD)
        return comments
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        comments.troubles.append(
            f"{FILE} cannot be read, so the report is without it: {error}. "
            "Next: repair it, then type the same command."
        )
        return comments
    units = {unit.slug for unit in book.units}
    known = {learner.name for learner in book.learners}
    for name, table in data.items():
        if name not in known:
            comments.troubles.append(f"{FILE}: nobody is named {name!r}; what stands there is left out.")
        elif isinstance(table, dict):
            _read(name, table, units, comments)
    return comments


def _read(name: str, table: dict[str, Any], units: set[str], comments: Comments) -> None:
    if own := table.get("comment"):
        comments.notes[name, ""] = Note(str(own))
    for unit, told in table.items():
        if unit == "comment":
            continue
        score = told.get("score") if isinstance(told, dict) else None
        if unit not in units or not isinstance(told, dict):
            comments.troubles.append(f"{FILE}: {name!r} has no submission for {unit!r}; it is left out.")
        elif isinstance(score, bool) or not isinstance(score, int | float | None):
            comments.troubles.append(
                f"{FILE}: the score of {name!r} for {unit} is no number; it is left out."
            )
        else:
            comments.notes[name, unit] = Note(str(told.get("comment", "")), score)
