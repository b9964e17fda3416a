"""What differs between two files, as rows that a page shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from rapidfuzz.distance import Indel

from halfway.render.visible import visible

LINES_MAX = 600
LINES_READ = 3_000
"""Time and room of a comparison grow with the product of both: nobody stalls a report with empty lines."""
CHARS_MAX = 2_000
"""Longer lines than anybody writes are cut, and the cut is told; shorter ones wrap."""
CONTEXT = 3


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


@dataclass(frozen=True)
class Part:
    """One stretch of two files: lines that both have, or lines of one where the other has other lines."""

    same: bool
    left: list[str]
    right: list[str]


def lines_of(data: bytes) -> list[str]:
    """Gives the lines of a file, whatever its bytes are, as a reader sees them: each cut is told."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.removesuffix("\n").split("\n") if text else []
    shown = [_line(line) for line in lines[:LINES_READ]]
    if (more := len(lines) - LINES_READ) > 0:
        shown.append(f"... {more:,} more lines are not read here ...")
    return shown


def _line(line: str) -> str:
    if (more := len(line) - CHARS_MAX) > 0:
        line = f"{line[:CHARS_MAX]} ... {more:,} more characters ..."
    return visible(line, keep="\t")


def parts(left: bytes, right: bytes) -> Iterator[Part]:
    """Gives both files, stretch by stretch, with as many equal lines as can be."""
    one, other = lines_of(left), lines_of(right)
    removed: list[str] = []
    added: list[str] = []
    for step in Indel.opcodes(one, other):
        if step.tag != "equal":
            removed += one[step.src_start : step.src_end]
            added += other[step.dest_start : step.dest_end]
            continue
        if removed or added:
            yield Part(same=False, left=removed, right=added)
            removed, added = [], []
        yield Part(
            same=True, left=one[step.src_start : step.src_end], right=other[step.dest_start : step.dest_end]
        )
    if removed or added:
        yield Part(same=False, left=removed, right=added)


def diff(before: bytes, after: bytes) -> list[Row]:
    """Gives what was removed and added, with a little around it; empty for equal texts."""
    every = list(parts(before, after))
    if all(part.same for part in every):
        return []
    rows: list[Row] = []
    line = 1
    for place, part in enumerate(every):
        if part.same:
            rows += _around(part.right, line, first=place == 0, last=place == len(every) - 1)
        else:
            rows += [Row("removed", f"-{text}") for text in part.left]
            rows += [Row("added", f"+{text}") for text in part.right]
        line += len(part.right)
    if (more := len(rows) - LINES_MAX) > 0:
        rows[LINES_MAX:] = [Row("place", f"... {more:,} more lines ...")]
    return rows


def _around(lines: list[str], number: int, *, first: bool, last: bool) -> Iterator[Row]:
    """Gives the lines next to a difference, and where the next ones stand."""
    before = 0 if first else CONTEXT
    after = 0 if last else CONTEXT
    if len(lines) <= before + after:
        before, after = len(lines), 0
    yield from (Row("same", f" {text}") for text in lines[:before])
    if before < len(lines) and not last:
        yield Row("place", f"line {number + len(lines) - after}:")
    yield from (Row("same", f" {text}") for text in lines[len(lines) - after :])


def nearest(data: bytes, answers: Sequence[Path]) -> Path | None:
    """Gives the right answer that needs the fewest changed lines."""
    lines = lines_of(data)
    texts = [(path, lines_of(path.read_bytes())) for path in answers]
    return min(texts, key=lambda row: Indel.distance(lines, row[1]), default=(None, []))[0]


def beside(left: bytes, right: bytes) -> list[Beside]:
    """Gives two files side by side, equal lines on equal rows; what is cut is told."""
    rows = [
        Beside(one or "", other or "", part.same)
        for part in parts(left, right)
        for one, other in zip_longest(part.left, part.right)
    ]
    if (more := len(rows) - LINES_MAX) > 0:
        told = f"... {more:,} more lines ..."
        rows[LINES_MAX:] = [Beside(told, told, same=True)]
    return rows
