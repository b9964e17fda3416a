"""Finds the directives of a page: HTML comments that stand alone on a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ALONE = re.compile(r"( *)<!-- *([a-z]+)(?:: *(.*?))? *--> *\Z")
PIN = re.compile(r" *<!-- *pin: *\w+ *-->")
FENCE = re.compile(r" *(`{3,}|~{3,})")


@dataclass(frozen=True)
class Directive:
    """One directive: the line it stands on, its name, what follows the colon, and the spaces before it."""

    line: int
    name: str
    argument: str
    indent: str = ""


def expand(text: str, replace: Callable[[Directive], str], first_line: int = 1) -> str:
    """Gives the page with each directive replaced, and with the marks of pinned claims taken out.

    What stands in a block of code is left alone: there a directive is an example of one.
    """
    lines = [
        line if in_code else _expanded(line, number, replace)
        for number, line, in_code in _lines(text, first_line)
    ]
    return "\n".join(lines)


def find(text: str, first_line: int = 1) -> list[Directive]:
    """Gives the directives of a page, whether they are known or not."""
    found: list[Directive] = []

    def note(directive: Directive) -> str:
        found.append(directive)
        return ""

    expand(text, note, first_line)
    return found


def _lines(text: str, first_line: int) -> Iterator[tuple[int, str, bool]]:
    fence = ""
    for number, line in enumerate(text.split("\n"), first_line):
        edge = FENCE.match(line)
        inside = bool(fence)
        if edge and not fence:
            fence = edge[1]
        elif edge and edge[1].startswith(fence) and line.strip() == edge[1]:
            fence = ""
        yield number, line, inside or bool(fence)


def _expanded(line: str, number: int, replace: Callable[[Directive], str]) -> str:
    bare = PIN.sub("", line)
    match = ALONE.match(bare)
    if match is None:
        return bare
    # A blank line on both sides: what stands before and after is never drawn into the same paragraph.
    return f"\n{replace(Directive(number, match[2], match[3] or '', match[1]))}\n"
