"""Law 14: a sandbox changes no verdict."""

from __future__ import annotations

from pathlib import Path

from halfway.prove.case import Case, Findings, Where
from halfway.prove.law_04_right_answers import differences
from halfway.prove.verdicts import Ask


def law_14_sandboxes(case: Case) -> Findings:
    """Every right answer and every wrong idea is judged in sandboxes as it is without them, story by story.

    Where no sandbox can be made, the report says so, and nothing is found.
    """
    if case.verdicts.unconfined:
        note = f"Law 14 was not looked at: {case.verdicts.unconfined}"
        if note not in case.report.notes:
            case.report.notes.append(note)
        return
    files: list[tuple[Where, Path]] = [(path, path) for path in case.right]
    files += [(mutant, case.written(mutant)) for mutant in case.unit.mutants]
    paths = [path for _, path in files]
    inside = case.verdicts.of(Ask(case.unit, path, link="pool") for path in paths)
    for (where, _), (_, outside), other in zip(files, case.graded(paths), inside, strict=True):
        for what in differences(outside, other, "in sandboxes"):
            yield case.found(14, where, what, "find what depends on a process that has seen another story")
