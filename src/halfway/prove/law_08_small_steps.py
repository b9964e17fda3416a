"""Law 8: a mutant is a small step from a right answer or from the stub."""

from __future__ import annotations

from difflib import SequenceMatcher

from halfway.prove import sources
from halfway.prove.case import Case, Findings

STEP_MAX = 12


def law_8_small_steps(case: Case) -> Findings:
    """A mutant differs from the nearest of stub, solution and also/ by one to twelve lines."""
    near = {path: sources.code_lines(path) for path in (case.unit.stub, *case.right)}
    for path in case.unit.mutants:
        steps = {other: step(lines, sources.code_lines(path)) for other, lines in near.items()}
        nearest = min(steps, key=lambda other: steps[other])
        shown = case.unit.shown(nearest)
        if steps[nearest] > STEP_MAX:
            what = f"{steps[nearest]} lines differ from the nearest file, {shown}; {STEP_MAX} at most may."
            yield case.found(8, path, what, "keep that file's words, and change what the wrong idea changes")
        if steps[nearest] == 0:
            what = f"The mutant is {shown} itself."
            yield case.found(8, path, what, "put its wrong idea into it")


def step(before: list[str], after: list[str]) -> int:
    """Gives how many lines are changed: a line that is rewritten counts once."""
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for kind, i1, i2, j1, j2 in changes if kind != "equal")
