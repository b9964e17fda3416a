"""A small change of a program as a diff without line numbers: it says where by the lines that it names.

A hunk is some whole lines: those with a space stay, those with `-` go, those with `+` come.
The lines that stay or go are found in the program exactly once, so nobody counts lines, and a change of the
program elsewhere moves nothing. `@@` stands between two hunks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

BETWEEN = "@@"
Change = tuple[str, int, int, int, int]
GAP_MAX = 2
"""Two changes with no more lines between them are told as one: that is shorter, and reads on."""


class EditError(Exception):
    """An edit that is none, or that does not fit the program: what is wrong, and the line of the edit."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what, self.line = what, line


@dataclass(frozen=True)
class Hunk:
    """One place that is changed: `lines` with their marks, the first of which is line `line` of a page."""

    lines: tuple[str, ...]
    line: int = 0

    @property
    def old(self) -> list[str]:
        """The lines that have to be there."""
        return [line[1:] for line in self.lines if line[:1] in ("", " ", "-")]

    @property
    def new(self) -> list[str]:
        """The lines that are there afterwards."""
        return [line[1:] for line in self.lines if line[:1] in ("", " ", "+")]

    @property
    def changed(self) -> int:
        """How many lines are changed: one that is rewritten counts once."""
        gone = sum(line[:1] == "-" for line in self.lines)
        return max(gone, sum(line[:1] == "+" for line in self.lines))


def hunks_of(lines: Sequence[str], first: int = 0) -> tuple[Hunk, ...]:
    """Reads the lines of a diff. Raises EditError for what is no change of named lines."""
    hunks = tuple(_parted(lines, first))
    for hunk in hunks:
        for number, line in enumerate(hunk.lines):
            if line[:1] not in ("", " ", "-", "+"):
                raise EditError("A line of an edit begins with a space, `-` or `+`.", hunk.line + number)
        if hunk.old == hunk.new:
            raise EditError("This edit changes nothing.", hunk.line)
        if not any(line.strip() for line in hunk.old):
            raise EditError("This edit names no line of the reference, so it has no place.", hunk.line)
    return hunks


def _parted(lines: Sequence[str], first: int) -> Iterator[Hunk]:
    start = 0
    for end in [*(number for number, line in enumerate(lines) if line == BETWEEN), len(lines)]:
        yield Hunk(tuple(lines[start:end]), first + start)
        start = end + 1


def edited(program: Sequence[str], hunks: Sequence[Hunk]) -> list[str]:
    """Gives the lines of the program after the edit. Raises EditError where a hunk does not fit."""
    places = sorted(((_place(program, hunk), hunk) for hunk in hunks), key=lambda place: place[0])
    out: list[str] = []
    done = 0
    for start, hunk in places:
        if start < done:
            raise EditError("Two places of this edit overlap.", hunk.line)
        out += [*program[done:start], *hunk.new]
        done = start + len(hunk.old)
    return [*out, *program[done:]]


def _place(program: Sequence[str], hunk: Hunk) -> int:
    found = list(_places(program, hunk.old))
    if len(found) == 1:
        return found[0]
    if found:
        raise EditError(f"These lines are in the reference {len(found)} times.", hunk.line)
    raise EditError("These lines are not in the reference.", hunk.line)


def _places(program: Sequence[str], wanted: Sequence[str]) -> Iterator[int]:
    wanted = list(wanted)
    for start in range(len(program) - len(wanted) + 1):
        if list(program[start : start + len(wanted)]) == wanted:
            yield start


def edit_of(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Gives a short diff that turns `before` into `after`, with what `edited` finds each place by."""
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    lines: list[str] = []
    for first, last in _groups(before, changes):
        start, end = _span(before, changes, first, last)
        lines += [BETWEEN] if lines else []
        lines += _stays(before[start : changes[first][1]])
        for kind, i1, i2, j1, j2 in changes[first : last + 1]:
            if kind == "equal":
                lines += _stays(before[i1:i2])
            else:
                lines += [f"-{line}" for line in before[i1:i2]] + [f"+{line}" for line in after[j1:j2]]
        lines += _stays(before[changes[last][2] : end])
    return lines


def _stays(lines: Sequence[str]) -> list[str]:
    return [f" {line}".rstrip() for line in lines]


def _groups(before: Sequence[str], changes: Sequence[Change]) -> list[tuple[int, int]]:
    """Gives the first and the last change of each hunk: neighbours that would meet are in one."""
    groups: list[tuple[int, int]] = []
    for number, (kind, *_) in enumerate(changes):
        if kind == "equal":
            continue
        first = number
        while groups and _gap(before, changes, groups[-1], (first, number)) <= GAP_MAX:
            first = groups.pop()[0]
        groups.append((first, number))
    return groups


def _gap(
    before: Sequence[str], changes: Sequence[Change], one: tuple[int, int], other: tuple[int, int]
) -> int:
    """Gives how many lines are between two hunks; less than none if they overlap."""
    return _span(before, changes, *other)[0] - _span(before, changes, *one)[1]


def _span(before: Sequence[str], changes: Sequence[Change], first: int, last: int) -> tuple[int, int]:
    """Gives the fewest lines around these changes that are in the program once."""
    start, end = changes[first][1], changes[last][2]
    for more in range(len(before) + 1):
        for above in range(more + 1):
            low, high = start - above, end + more - above
            if low >= 0 and high <= len(before) and _is_a_place(before, before[low:high]):
                return low, high
    return 0, len(before)


def _is_a_place(program: Sequence[str], lines: Sequence[str]) -> bool:
    return any(line.strip() for line in lines) and len(list(_places(program, lines))) == 1
