"""The modules of the course. A title has one home, the first heading of the module's index."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from halfway import catalog

FOLDER = re.compile(r"(\d)_([a-z0-9_]+)\Z")
HEADING = re.compile(r"^# +(.+?) *$", re.MULTILINE)
STAGE = re.compile(r"^## +(.+?) *\{ *#(ex7\d) *\}", re.MULTILINE)


@dataclass(frozen=True)
class Module:
    """One module: a folder of concept pages."""

    number: int
    title: str
    folder: Path

    @property
    def index(self) -> Path:
        """The page that introduces the module."""
        return self.folder / "index.md"


def modules(course: Path) -> list[Module]:
    """Gives every module that has a folder of pages, in the order of the course."""
    concepts = catalog.concepts_folder(course)
    folders = sorted(f for f in concepts.iterdir() if f.is_dir()) if concepts.is_dir() else []
    return [Module(int(m[1]), _title(f), f) for f in folders if (m := FOLDER.match(f.name))]


def first_heading(page: Path) -> str:
    """Gives the H1 of a Markdown file, or "" if it has none or is not there."""
    try:
        match = HEADING.search(page.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    return match[1] if match else ""


def prettified(name: str) -> str:
    """Gives a title for a folder or file that has no heading of its own."""
    words = re.sub(r"^\d+_", "", name).replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def stages(course: Path) -> dict[str, str]:
    """Gives the capstone's stages by slug, with the titles that the capstone's page gives them."""
    for module in modules(course):
        if module.number == 7 and module.index.is_file():
            return {slug: title for title, slug in STAGE.findall(module.index.read_text(encoding="utf-8"))}
    return {}


def _title(folder: Path) -> str:
    return first_heading(folder / "index.md") or prettified(folder.name)
