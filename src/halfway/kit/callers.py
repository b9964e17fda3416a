"""Code of a suite that runs where the learner's file runs: those who call it, and what they hand to it.

A port answers; it cannot call back, hold an odd attribute, or see that an object is the very one it gave.
Callers can. What they saw they tell a port, as the learner's own code does.
"""

import ast
from functools import cache
from pathlib import Path
from typing import Any

from halfway.kit.unit import Unit


def callers(unit: Unit, *parts: Any) -> Any:
    """Give these functions and classes of a suite as a module on the learner's side, in this process.

    Each part is a top-level name of the suite's file, and knows the others and what it imports itself:
    `import engine` inside of a function is the learner's file. `callers(unit, run).run.later(...)` is a call
    as any other. Raises TypeError for what is not written in the suite's file.
    """
    return unit._call(("!callers", (source_of(*parts),), {}))


def source_of(*parts: Any) -> str:
    """Give the source of these functions and classes, without what decorates them."""
    path = _file_of(parts)
    known = _written_in(path)
    missing = [part.__name__ for part in parts if part.__name__ not in known]
    if missing:
        raise TypeError(f"{missing[0]} is no top-level function or class of {path}")
    return "\n\n".join(known[part.__name__] for part in parts) + "\n"


def _file_of(parts: tuple[Any, ...]) -> str:
    """The file that the first function in these parts was written in."""
    for part in parts:
        for thing in (part, *vars(part).values()):
            code = getattr(thing, "__code__", None)
            if code is not None:
                return str(code.co_filename)
    raise TypeError("there is no function in what callers are made of")


@cache
def _written_in(path: str) -> dict[str, str]:
    """The top-level functions and classes of a file, by name, each as it is written."""
    text = Path(path).read_text(encoding="utf-8")
    lines, found = text.splitlines(), {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = "\n".join(lines[node.lineno - 1 : node.end_lineno])
    return found
