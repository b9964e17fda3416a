"""A trial of a suite: programs whose worth was decided before, graded, and where the suite disagrees.

Laws hold a unit to the wrong ideas that its author had; a trial holds it to programs of people who have never
seen the suite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from halfway.catalog import UnitFiles
from halfway.grading.grader import Grader
from halfway.grading.verdict import Verdict
from halfway.links.guard import Limits

Side = Literal["right", "wrong", ""]
SIDES: tuple[Side, ...] = ("right", "wrong")

LIMITS = Limits(seconds=20.0)
"""A learner's five seconds hold on a quiet machine; a trial also runs where others work."""


@dataclass(frozen=True)
class Program:
    """One program, by what its folder says of it: right, wrong, or nothing."""

    path: Path
    name: str
    side: Side


@dataclass(frozen=True)
class Row:
    """One program, graded."""

    program: Program
    verdict: Verdict

    @property
    def kept(self) -> int:
        """How many promises it keeps."""
        return len(self.verdict.promises) - len(self.verdict.broken)

    @property
    def was_judged(self) -> bool:
        """Did a story of it run? A program with a typing error says nothing about a suite."""
        statuses = {result.status for result in self.verdict.promises}
        return not self.verdict.fault and statuses != {"not_reached"} and "checker_fault" not in statuses

    @property
    def is_refused_though_right(self) -> bool:
        """Has the suite something against a right program?"""
        return self.program.side == "right" and self.was_judged and not self.verdict.passed

    @property
    def is_accepted_though_wrong(self) -> bool:
        """Has the suite nothing against a wrong program?"""
        return self.program.side == "wrong" and self.verdict.passed

    @property
    def saw(self) -> str:
        """What is said first against it, on one line; "" if nothing is."""
        if self.verdict.fault:
            return self.verdict.fault
        told = [result.saw for result in self.verdict.broken if result.status != "not_reached"]
        told += [result.saw for result in self.verdict.broken]
        return "; ".join(told[0].splitlines()) if told else ""


def programs_in(folder: Path) -> list[Program]:
    """Gives every `*.py` in the folder and below, right ones first, by name.

    A program is right, or wrong, if the nearest folder whose name begins with that word says so.
    """
    if folder.is_file():
        return [Program(folder, folder.name, _side(folder, folder.resolve().parent))]
    found = [
        Program(path, path.relative_to(folder).as_posix(), _side(path, folder))
        for path in _files_below(folder, frozenset())
    ]
    order = {"right": 0, "wrong": 1, "": 2}
    return sorted(found, key=lambda program: (order[program.side], program.name))


def _files_below(folder: Path, above: frozenset[Path]) -> Iterator[Path]:
    """Gives the programs, also behind links; a link that leads back up is not followed."""
    above |= {folder.resolve()}
    for path in folder.iterdir():
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir() and path.resolve() not in above:
            yield from _files_below(path, above)
        elif path.is_file() and path.suffix == ".py":
            yield path


def _side(path: Path, folder: Path) -> Side:
    for parent in path.parents:
        named = parent.resolve().name if parent == folder else parent.name
        side = next((side for side in SIDES if named.lower().startswith(side)), None)
        if side is not None:
            return side
        if parent == folder:
            break
    return ""


def tried(files: UnitFiles, programs: list[Program], *, confined: bool = False) -> Iterator[Row]:
    """Gives a row for each program. Raises ConfinementError where it is to be confined and cannot be."""
    with Grader(files.course, limits=LIMITS, confined=confined) as grader:
        for program in programs:
            yield Row(program, grader.grade(files.slug, program.path.resolve()))
