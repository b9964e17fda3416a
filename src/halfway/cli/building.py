"""Bringing the pages up to date, for whoever serves, releases or watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from halfway import catalog
from halfway.cli.codes import Exit
from halfway.cli.files import can_be_written
from halfway.cli.problem import Problem
from halfway.installing.place import own_folder


def site_folder(course: Path) -> Path:
    """Gives the folder of the built pages; an edition brings them along."""
    built = course / ("site" if catalog.is_edition(course) else ".site")
    if built.is_dir() or can_be_written(built):
        return built
    return own_folder(course) / "site"


def build(course: Path, out: Path, say: Callable[[str], None]) -> None:
    """Brings the pages in `out` up to date. Raises Problem where a page is wrong or the tool is missing."""
    if catalog.is_edition(course):
        _require_built(out, site_folder(course))
        return
    with tools("The pages were not built; the ones from before are untouched."):
        from halfway.site import build as build_site

        build_site(out, course=course, progress=say)


@contextmanager
def tools(what: str) -> Iterator[None]:
    """Turns a page that is wrong, and a tool that is missing, into a Problem; `what` says what came of it."""
    try:
        from halfway.site import SiteError

        yield
    except SiteError as error:
        raise Problem(
            what,
            "\n".join(error.problems),
            "Next: repair what is named above, and type the same again.",
            Exit.CHECKER_FAULT,
        ) from None
    except ModuleNotFoundError as error:
        raise Problem(
            f"The tools that build the pages are not installed ({error.name}).",
            "",
            "Next: `python3 course.py site` installs them.",
            Exit.NOTHING_TO_GRADE,
        ) from None


def _require_built(out: Path, built: Path) -> None:
    """An edition has its pages, and nothing to build others from."""
    if out.resolve() != built.resolve() or not built.is_dir():
        raise Problem(
            "The pages of this edition come with it, and cannot be built from it.",
            f"They belong into {built}.",
            "Next: `halfway site --serve` shows them; where they are gone, take a fresh copy of the edition.",
            Exit.NOTHING_TO_GRADE,
        )
