"""What a wrong idea leaves in a program: the names of Python and its library that its edit brings in.

Programs of different ideas can break the same promises: an idea that locks is not told to whoever has no
lock.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable

from halfway.catalog.edits import Hunk

TRACES = "Shows in:"
"""What the line of an edition begins with that names the traces of an idea."""

IMPORTED = re.compile(r"^\s*(?:from [\w.]+ )?import (.+)$")
CALLED = re.compile(r"(?<!self)(?<!cls)\.([a-z]\w+)|\b([A-Za-z_]\w+)\b")
NOT_CODE = re.compile(r"#.*|'[^']*'|\"[^\"]*\"")


def traces_of(hunks: Iterable[Hunk]) -> frozenset[str]:
    """Gives the names that come with an edit and are Python's own, imported, or asked of something else."""
    came, gone = set[str](), set[str]()
    for hunk in hunks:
        for line in hunk.lines:
            (came if line.startswith("+") else gone).update(names_of(line[1:]))
    return frozenset(came - gone - EVERYWHERE)


def names_of(line: str) -> set[str]:
    """Gives the names in a line of code that several programs could share."""
    if imported := IMPORTED.match(line):
        return set(re.findall(r"\w+", imported[1])) - {"as"}
    found = set[str]()
    for asked, plain in CALLED.findall(NOT_CODE.sub("", line)):
        found |= {asked} if asked else {plain} & KNOWN
    return found


def shows_in(source: str, traces: frozenset[str]) -> bool:
    """Says whether a program has one of the traces; an idea without any shows everywhere."""
    return not traces or not traces.isdisjoint(re.findall(r"\w+", source))


EVERYWHERE = {"None", "True", "False", "asyncio", "str", "int", "float", "bool", "dict", "list", "tuple"}
"""Names that say nothing: any program may have them."""
KNOWN = frozenset(dir(builtins)) - EVERYWHERE | {"__file__", "__name__"}
