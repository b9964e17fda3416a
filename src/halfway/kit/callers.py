"""Code of a suite that runs where the learner's file runs: those who call it, and what they hand to it.

A port answers; it cannot call back, hold an odd attribute, or see that an object is the very one it gave.
Callers can. What they saw they tell a port, as the learner's own code does.
"""

import ast
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from halfway.kit.unit import Unit

_GOES_ON = " \t\f#)]}"
"""What a line begins with that begins nothing at the top level of a file."""
_OURS, _READ = "halfway.", "halfway.kit.for_callers."


def callers(unit: Unit, *parts: Any) -> Any:
    """Give these functions and classes of a suite as a module on the learner's side, in this process.

    Each part is a top-level name of its file, and knows the others and what it imports itself:
    `import engine` inside of a function is the learner's file. `callers(unit, run).run.later(...)` is a call
    as any other. Raises TypeError for what is written at the top level of no file, and for a part of ours
    that is not in `kit/for_callers`: no other file is there as text in a page.
    """
    return unit._call(("!callers", (source_of(*parts),), {}))


def source_of(*parts: Any) -> str:
    """Give the source of these functions and classes, without what decorates them."""
    for part in parts:
        if part.__module__.startswith(_OURS) and not part.__module__.startswith(_READ):
            raise TypeError(f"{part.__name__} is for callers and has to be in a file of kit/for_callers")
    return "\n\n".join(_written_in(_file_of(part, parts), part.__name__) for part in parts) + "\n"


def _file_of(part: Any, parts: tuple[Any, ...]) -> str:
    """The file that its first function was written in; a class without one is where its neighbours are."""
    for each in (part, *(each for each in parts if each.__module__ == part.__module__)):
        for thing in (each, *vars(each).values()):
            code = getattr(thing, "__code__", None)
            if code is not None:
                return str(code.co_filename)
    raise TypeError("there is no function in what callers are made of")


@cache
def _written_in(path: str, name: str) -> str:
    """The top-level function or class of this name, as it is written: to parse a whole suite takes longer."""
    lines, begins = _lines_of(path), re.compile(rf"(?:async +def|def|class) +{name}\b")
    edges = [number for number, line in enumerate(lines) if line and line[0] not in _GOES_ON] + [len(lines)]
    for first in reversed([edge for edge in edges[:-1] if begins.match(lines[edge])]):
        for last in (edge for edge in edges if edge > first):
            with suppress(SyntaxError):  # a text that goes over lines may hold an edge
                end = ast.parse("\n".join(lines[first:last])).body[0].end_lineno
                return "\n".join(lines[first:][:end])
    raise TypeError(f"{name} is no top-level function or class of {path}")


@cache
def _lines_of(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()
