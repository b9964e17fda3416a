"""The page of the laws, made of what the laws say of themselves."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path

PAGE = "docs/reference/laws.md"
HEAD = """\
# The laws of a unit

`halfway prove` checks these laws for every unit, and so do the tests of the course.
A broken law is told with what is wrong, where, and what to do next.
`halfway prove --accept` writes this page from the laws themselves.
"""


def laws_page(laws: Mapping[int, Callable[..., object]]) -> str:
    """Gives the text of the page: a heading for each law, and its own docstring below."""
    return "\n".join([HEAD, *(_told(number, law) for number, law in laws.items())])


def page_of(course: Path) -> Path:
    """Gives the file of the page."""
    return course / PAGE


def _told(number: int, law: Callable[..., object]) -> str:
    name = law.__name__.removeprefix(f"law_{number}_").replace("_", " ")
    return f"## {number} {name.capitalize()}\n\n{inspect.getdoc(law)}\n"
