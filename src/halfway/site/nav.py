"""Navigation without a list: the numbers in file names give the order, first headings give the titles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path, PurePosixPath

from halfway.site.modules import FOLDER, first_heading, prettified

# What stands at the top of docs/, in the order a reader meets it; whatever else is there follows by name.
TOP = ("index.md", "concepts", "progress.md", "reference")
# What a learner needs least stands in one place, the last.
ABOUT = ("how_the_grader_tries_to_break_your_code.md", "instructor", "decisions")
NUMBER = re.compile(r"(\d\d)_")
Entry = str | dict[str, "str | list[Entry]"]


def tree(pages: Iterable[str], docs: Path) -> list[Entry]:
    """Gives the navigation of these pages (paths below `docs`), as mkdocs writes a nav list."""
    first = sorted(pages, key=_order)
    about = [page for page in first if PurePosixPath(page).parts[0] in ABOUT]
    entries = _entries([page for page in first if page not in about], docs, 0)
    return [*entries, {"About": _entries(about, docs, 0)}] if about else entries


def _entries(pages: list[str], docs: Path, depth: int) -> list[Entry]:
    entries: list[Entry] = []
    for name, group in groupby(pages, lambda page: PurePosixPath(page).parts[depth]):
        inside = list(group)
        if name.endswith(".md"):
            title = page_title(docs / inside[0])
            entries.append({title: inside[0]} if title else inside[0])
        else:
            folder = docs.joinpath(*PurePosixPath(inside[0]).parts[: depth + 1])
            entries.append({folder_title(folder): _entries(inside, docs, depth + 1)})
    return entries


def _order(page: str) -> tuple[int, list[str]]:
    parts = PurePosixPath(page).parts
    known = (*TOP, *ABOUT)
    top = known.index(parts[0]) if parts[0] in known else len(known)
    return top, ["" if part == "index.md" else part for part in parts]


def folder_title(folder: Path) -> str:
    """Gives the title of a folder of pages: its index's first heading, after the number of a module."""
    title = first_heading(folder / "index.md") or prettified(folder.name)
    module = FOLDER.match(folder.name)
    return f"{module[1]} {title}" if module else title


def page_title(page: Path) -> str:
    """Gives the title of a unit's page, after its number; "" for a page whose heading says it all."""
    number, heading = NUMBER.match(page.name), first_heading(page)
    return f"{number[1]} {heading}" if number and heading else ""
