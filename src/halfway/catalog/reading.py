"""What the files of a unit say, read with `ast` and regular expressions; nothing of them is executed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from halfway.catalog.parsing import parse
from halfway.errors import HalfwayError

HINT = re.compile(r"^## (\d+) +(.+?) *$", re.MULTILINE)


class CatalogError(HalfwayError):
    """Something of the course is missing or wrong."""


class NoCourse(CatalogError):
    """No folder with the course's files was found."""


class NoUnit(CatalogError):
    """No unit, or more than one, answers to a name."""


class NoMutant(CatalogError):
    """No wrong idea of a unit has a name."""


class BadUnit(CatalogError):
    """A file of a unit is missing, or does not say what it has to say."""


@dataclass(frozen=True)
class Hint:
    """One step of `hints.md`."""

    number: int
    title: str
    text: str


def _words(text: str) -> str:
    return " ".join(text.split())


def source_of(path: Path) -> str:
    """Gives the text of a file. Raises BadUnit if there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadUnit(
            "A file of this unit is missing.",
            str(path),
            "Next: `git status` shows what is gone, `git restore PATH` brings it back.",
        ) from None
    except UnicodeDecodeError:
        raise BadUnit(
            "A file of this unit is not UTF-8 text.", str(path), "Next: save it again as UTF-8."
        ) from None


def promises_in(suite: Path) -> list[tuple[str, str]]:
    """Gives (test name, docstring as one line) for each test of a file, in its order; executes nothing."""
    return list(_promises_of(suite, source_of(suite)))


@lru_cache(maxsize=64)
def _promises_of(suite: Path, source: str) -> tuple[tuple[str, str], ...]:
    """The same for one content of the file: to parse it takes as long as to tell twenty stories."""
    import ast

    try:
        tree = parse(source)
    except SyntaxError as e:
        raise BadUnit(
            "A suite is not Python.", f"{suite}, line {e.lineno}", "Next: repair that line."
        ) from None
    found: dict[str, str] = {}
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test_"):
            continue
        if node.name in found:
            raise BadUnit(
                f"Two tests are both named `{node.name}`, so the first one never runs.",
                f"{suite}, line {node.lineno}",
                "Next: give one of them another name.",
            )
        found[node.name] = _words(ast.get_docstring(node) or "")
    return tuple(found.items())
