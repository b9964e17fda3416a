"""Where the course is: named, found around the current folder, or the checkout that this file is in."""

from __future__ import annotations

import os
from pathlib import Path

from halfway.catalog.edition import is_edition
from halfway.catalog.reading import NoCourse

_CHECKOUT = Path(__file__).resolve().parents[3]


def _is_course(folder: Path) -> bool:
    named = (folder / "mkdocs.yml").is_file() or is_edition(folder)
    return named and (folder / "exercises").is_dir()


def root(start: Path | None = None) -> Path:
    """Finds the course: HALFWAY_COURSE, else the nearest parent folder, else the checkout this file is in."""
    named = os.environ.get("HALFWAY_COURSE")
    if named:
        folder = Path(named).expanduser().resolve()
        if (folder / "exercises").is_dir():
            return folder
        raise NoCourse(
            "HALFWAY_COURSE names a folder that holds no `exercises`.",
            f"It says: {named}",
            "Next: set it to the folder of the course, or unset it.",
        )
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if _is_course(folder):
            return folder
    if _is_course(_CHECKOUT):
        return _CHECKOUT
    raise NoCourse(
        "No course was found here.",
        f"Looked in {here} and the folders above it.",
        "Next: `cd` into the folder that holds `exercises` and `mkdocs.yml`.",
    )


def mark_with_our_own() -> None:
    """From now on the course is HALFWAY_COURSE, else the checkout this file is in, wherever somebody types.

    Marks depend on it: a suite in the folder of a learner would run as whoever gives marks. Raises NoCourse.
    """
    if os.environ.get("HALFWAY_COURSE"):
        return
    if not _is_course(_CHECKOUT):
        raise NoCourse(
            "A review has to know which course gives the marks.",
            "The one in this folder may be a learner's, and this program belongs to none.",
            "Next: set HALFWAY_COURSE to the folder of your own copy of the course.",
        )
    os.environ["HALFWAY_COURSE"] = str(_CHECKOUT)
