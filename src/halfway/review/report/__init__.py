"""A class as pages: readable without scripts, in light and dark, on paper."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from halfway import catalog
from halfway.review.classlist import with_groups, with_roster, with_units
from halfway.review.comments import above, read_comments
from halfway.review.exports import Exports
from halfway.review.gradebook import Gradebook
from halfway.review.marks import Marks
from halfway.review.report.pages import Pages
from halfway.review.roster import Roster
from halfway.review.settings import FILE, read_settings
from halfway.review.similar import alike

__all__ = ["Wanted", "write_report"]


@dataclass(frozen=True)
class Wanted:
    """What an instructor asks of a report, beside the class."""

    exports: Collection[str] = ()
    settings: Path | None = None
    """The file with how marks are made; `review.toml` in the folder of the report, if it is not said."""
    roster: Roster | None = None


def write_report(book: Gradebook, out: Path, now: datetime, wanted: Wanted | None = None) -> list[str]:
    """Writes all pages and exports below `out`; gives a line for whatever of the instructor's is not right.

    Pages of learners who are no longer in the class are removed. Raises NotWrittenError.
    """
    wanted = wanted or Wanted()
    course = book.units[0].course if book.units else None
    slugs = [unit.slug for unit in catalog.units(course)]
    settings = read_settings(wanted.settings or out / FILE, slugs, asked=wanted.settings is not None)
    troubles = list(settings.troubles)
    with_units(book, settings)
    if wanted.roster is not None:
        troubles += wanted.roster.troubles
        with_roster(book, wanted.roster)
    troubles += with_groups(book, settings.groups)
    comments = read_comments(book, out)
    marks = Marks(book, settings, comments)
    maxima = {(p.name, u.slug): marks.of(p, u).maximum for p in book.learners for u in book.units}
    above(comments, maxima)
    pages = Pages(book, comments, alike(book), marks, out, now)
    pages.write()
    Exports(book, comments, settings, out / "exports", now).write(wanted.exports, pages.feedback)
    return troubles + comments.troubles
