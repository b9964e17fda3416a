"""A class as pages: readable without scripts, in light and dark, on paper."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from halfway.review.comments import read_comments
from halfway.review.exports import write_exports
from halfway.review.gradebook import Gradebook
from halfway.review.report.pages import Pages
from halfway.review.similar import alike

__all__ = ["write_report"]


def write_report(book: Gradebook, out: Path, now: datetime) -> list[str]:
    """Writes all pages and exports below `out`; gives a line for each comment that could not be used.

    Pages of learners who are no longer in the class are removed. Raises NotWrittenError.
    """
    comments = read_comments(book, out)
    Pages(book, comments, alike(book), out).write()
    write_exports(book, comments, out / "exports", now)
    return comments.troubles
