"""What differs between two files, as rows that a page shows."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Indel

LINES_MAX = 600
CHARS_MAX = 300
CONTEXT = 3
KINDS = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True)
class Row:
    """One line of a diff."""

    kind: str
    text: str


@dataclass(frozen=True)
class Beside:
    """One row of two files side by side; `same` where both say the same."""

    left: str
    right: str
    same: bool


def lines_of(data: bytes) -> list[str]:
    """Gives the lines of a file, whatever its bytes are, none of them without end."""
    return [line[:CHARS_MAX] for line in data.decode("utf-8", "replace").splitlines()]


def diff(before: bytes, after: bytes) -> list[Row]:
    """Gives what was removed and added, with a little around it; empty for equal texts."""
    rows = list(difflib.unified_diff(lines_of(before), lines_of(after), n=CONTEXT, lineterm=""))[2:]
    shown = [Row(KINDS.get(row[:1], "same"), row) for row in rows[:LINES_MAX]]
    if len(rows) > LINES_MAX:
        shown.append(Row("place", f"... {len(rows) - LINES_MAX:,} more lines ..."))
    return shown


def nearest(data: bytes, answers: Sequence[Path]) -> Path | None:
    """Gives the right answer that needs the fewest changed lines."""
    lines = lines_of(data)
    texts = [(path, lines_of(path.read_bytes())) for path in answers]
    return min(texts, key=lambda row: Indel.distance(lines, row[1]), default=(None, []))[0]


def beside(left: bytes, right: bytes) -> list[Beside]:
    """Gives two files side by side, equal lines on equal rows."""
    one, other = lines_of(left), lines_of(right)
    rows: list[Beside] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        for index in range(max(b - a, d - c)):
            row = (one[a + index] if a + index < b else "", other[c + index] if c + index < d else "")
            rows.append(Beside(*row, same=tag == "equal"))
    return rows[:LINES_MAX]
