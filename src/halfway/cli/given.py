"""What is said of a file that is given beside a learner's own, and is not as the course gives it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from halfway.catalog import CatalogError, UnitFiles


def given_files(files: UnitFiles) -> Iterable[Path]:
    """Gives the copies that a learner has."""
    return [files.folder / name for name in files.given]


def changed_given(files: UnitFiles) -> str:
    """Says which given files are changed, and that a verdict does not look at them; nothing where none is."""
    with suppress(CatalogError, OSError, UnicodeDecodeError):
        ours = files.given_sources()
        changed = [
            path.name for path in given_files(files) if path.is_file() and _text(path) != ours[path.stem]
        ]
        return said_of_given(files, changed) if changed else ""
    return ""


def said_of_given(files: UnitFiles, names: Iterable[str]) -> str:
    """Says what it means that these were changed."""
    told = " and ".join(f"`{name}`" for name in names)
    return (
        f"You have changed {told}, which is given: `{files.file}` is judged with the course's own copy,\n"
        "so nothing that you change there counts."
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
