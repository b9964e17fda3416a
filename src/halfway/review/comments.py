"""The instructor's own words and marks: a file beside the report that no run ever changes."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from halfway.review.files import write
from halfway.review.gradebook import Gradebook, Learner
from halfway.review.settings import finite, near, one_form

FILE = "comments.toml"
KEYS = ("comment", "score")
LEFT_OUT = "what stands there is left out"
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
# score = 7          # points, instead of those for the promises kept
"""


@dataclass(frozen=True)
class Note:
    """What the instructor says of one learner, or of one submission."""

    comment: str = ""
    score: float | None = None


@dataclass
class Comments:
    """All notes, and a line for each that cannot be used, or that may be a slip."""

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
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        comments.troubles.append(
            f"{FILE} cannot be read, so the report is without it: {error}. "
            "Next: repair it, then type the same command."
        )
        return comments
    _Reader(book, comments).read(data)
    return comments


class _Reader:
    """Takes what can be used; whatever cannot is one line, and nothing is dropped in silence."""

    def __init__(self, book: Gradebook, comments: Comments) -> None:
        self._comments, self._slugs = comments, {unit.slug for unit in book.units}
        self._names: defaultdict[str, list[Learner]] = defaultdict(list)
        for learner in book.learners:
            for name in dict.fromkeys(learner.names):
                self._names[name].append(learner)

    def read(self, data: dict[str, Any]) -> None:
        for name, table in data.items():
            found = self._names.get(one_form(name), [])
            if not isinstance(table, dict):
                self._tell(f"{name!r} has to be a table: [{name!r}]")
            elif not found:
                meant = near(one_form(name), self._names)
                self._tell(f"nobody is named {name!r}{meant}; {LEFT_OUT}")
            elif len(found) > 1:
                them = ", ".join(repr(learner.name) for learner in found)
                self._tell(f"{name!r} could be {them}; {LEFT_OUT}. Write which of them")
            else:
                self._learner(found[0], table)

    def _tell(self, what: str) -> None:
        self._comments.troubles.append(f"{FILE}: {what}.")

    def _learner(self, learner: Learner, table: dict[str, Any]) -> None:
        for key, told in table.items():
            if key == "comment":
                self._note(learner, "", self._text(learner, key, told), None)
            elif not isinstance(told, dict):
                known = near(key, ("comment", *self._slugs))
                self._tell(f"{learner.name!r}: {key!r} is not known{known}; it is left out")
            elif key not in self._slugs:
                self._tell(f"{learner.name!r} has no unit {key!r}{near(key, self._slugs)}; {LEFT_OUT}")
            elif key not in learner.graded:
                self._tell(f"{learner.name!r} has handed in nothing for {key}; {LEFT_OUT}")
            else:
                self._unit(learner, key, told)

    def _unit(self, learner: Learner, slug: str, told: dict[str, Any]) -> None:
        for key in told:
            if key not in KEYS:
                self._tell(f"{learner.name!r}, {slug}: {key!r} is not known{near(key, KEYS)}; it is left out")
        comment = self._text(learner, slug, told.get("comment", ""))
        self._note(learner, slug, comment, self._score(learner, slug, told.get("score")))

    def _text(self, learner: Learner, where: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        self._tell(f"the comment of {learner.name!r} at {where} is {value!r}, and no text; it is left out")
        return ""

    def _score(self, learner: Learner, slug: str, value: Any) -> float | None:
        if value is None:
            return None
        who = f"the score of {learner.name!r} for {slug}"
        score = finite(value)
        if score is None or score < 0:
            self._tell(f"{who} is {str(value)[:40]}, and has to be a number, 0 or more; it is left out")
            return None
        return score

    def _note(self, learner: Learner, slug: str, comment: str, score: float | None) -> None:
        if (learner.name, slug) in self._comments.notes:
            self._tell(
                f"{learner.name!r} stands there under two names; of {slug or 'them'} the last one counts"
            )
        self._comments.notes[learner.name, slug] = Note(comment, score)


def above(comments: Comments, maxima: dict[tuple[str, str], float]) -> None:
    """Notes each score by hand that is above the points of its unit: it counts, and may be a slip."""
    for (name, slug), note in comments.notes.items():
        most = maxima.get((name, slug))
        if note.score is not None and most is not None and note.score > most:
            comments.troubles.append(
                f"{FILE}: the score of {name!r} for {slug} is {note.score:g} of {most:g}; it counts as it is."
            )
