"""Law 14: a sandbox changes no verdict."""

from __future__ import annotations

from halfway.prove.case import Case, Findings
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
    paths = [*case.right, *case.unit.mutants]
    inside = case.verdicts.of(Ask(case.unit, path, link="pool") for path in paths)
    for (path, outside), other in zip(case.graded(paths), inside, strict=True):
        for what in differences(outside, other, "in sandboxes"):
            yield case.found(14, path, what, "find what depends on a process that has seen another story")
