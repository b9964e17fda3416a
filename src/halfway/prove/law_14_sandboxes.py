"""Law 14: a sandbox changes no verdict."""

from __future__ import annotations

from pathlib import Path

from halfway.prove.case import Case, Findings, Where, listed
from halfway.prove.law_04_right_answers import differences
from halfway.prove.verdicts import Ask

A_DAY = 3


def law_14_sandboxes(case: Case) -> Findings:
    """The stub, right answers and wrong ideas are judged in sandboxes as they are without, story by story.

    Where not every file is looked at, it is the stub, the reference and three wrong ideas a day.
    Where no sandbox can be made, the report says so, and nothing is found.
    """
    if case.verdicts.unconfined:
        note = f"Law 14 was not looked at: {case.verdicts.unconfined}"
        if note not in case.report.notes:
            case.report.notes.append(note)
        return
    mutants = case.of_the_day(A_DAY)
    right = case.right if case.every else [case.unit.solution]
    files: list[tuple[Where, Path]] = [(path, path) for path in (case.unit.stub, *right)]
    files += [(mutant, case.written(mutant)) for mutant in mutants]
    paths = [path for _, path in files]
    inside = case.verdicts.of(Ask(case.unit, path, link="pool") for path in paths)
    for (where, _), (_, outside), other in zip(files, case.graded(paths), inside, strict=True):
        for what in differences(outside, other, "in sandboxes"):
            yield case.found(14, where, what, "find what depends on a process that has seen another story")
    if len(mutants) < len(case.unit.mutants):
        names = listed(mutant.name for mutant in mutants)
        case.report.looks[case.unit.slug] = f"in sandboxes: the stub, the reference, {names}"
