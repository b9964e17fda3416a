"""One name for everything that goes into the site: equal names, equal sites."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from halfway.catalog import originals
from halfway.site import web
from halfway.site.cache import digest
from halfway.site.published import DRAFTS

FOLDERS = ("docs", "solutions", "tests/exercises")
# Of a unit's folder, these alone: the rest is the learner's, and no reason to build.
OF_AN_EXERCISE = ("README.md", "exercise.toml", "hints.md", "test_examples.py")
TOOLS = ("mkdocs", "mkdocs-material", "mkdocs-mermaid2-plugin", "pymdown-extensions", "pygments")
UNREAD = (".", "_")


def stamp(course: Path) -> str:
    """Gives the name of the course's content, of the code that shows it, and of the tools beneath."""
    own = Path(__file__).resolve().parents[1]
    parts: list[bytes | str] = [sys.version, os.environ.get("HALFWAY_SITE_URL", ""), *map(version, TOOLS)]
    parts += [os.environ.get(DRAFTS, ""), *originals.fingerprint(course)]
    for file in _files(course, own):
        parts += [str(file.relative_to(own if file.is_relative_to(own) else course)), file.read_bytes()]
    return digest(parts)


def _files(course: Path, own: Path) -> Iterator[Path]:
    yield course / "mkdocs.yml"
    yield from web.sources(course)
    for name in OF_AN_EXERCISE:
        yield from sorted((course / "exercises").glob(f"*/{name}"))
    for folder in (*(course / name for name in FOLDERS), own):
        yield from _below(str(folder))


def _below(folder: str) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith(UNREAD) and entry.name != "__init__.py":
            continue
        if entry.is_dir():
            yield from _below(entry.path)
        else:
            yield Path(entry.path)
