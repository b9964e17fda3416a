"""Law 15: nothing waits to be filled in, and enough is known of what may be handed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from halfway.prove import pins
from halfway.prove.case import Case, Findings

WAITS = "Fill in"
WRONG_MIN, ALSO_MIN = 5, 2


def law_15_filled_in(case: Case) -> Findings:
    """A unit has five wrong ideas and two other right answers at least, and nowhere a `Fill in`.

    Until then it is a draft and says so: `draft = true` in its `exercise.toml`. A draft keeps every other
    law, and is on no page and in no edition.
    """
    missing = list(_missing(case))
    if case.unit.draft:
        said = "; ".join(what for _, what, _, _ in missing) or "nothing is missing: take `draft = true` out"
        case.report.drafts[case.unit.slug] = said
        return
    for path, what, step, line in missing:
        yield case.found(15, path, f"{what[0].upper()}{what[1:]}.", f"{step}, or say `draft = true`", line)


def _missing(case: Case) -> Iterator[tuple[Path, str, str, int]]:
    """Gives what is missing: where, what, what to do, and the line."""
    unit = case.unit
    wrong, also = len(unit.mutants), len(unit.also)
    if wrong < WRONG_MIN:
        what = f"it has {wrong} wrong {'idea' if wrong == 1 else 'ideas'}, and {WRONG_MIN} are the least"
        yield unit.wrong_ideas, what, "write down what else people think", 0
    if also < ALSO_MIN:
        answers = "answer" if also == 1 else "answers"
        what = f"it has {also} other right {answers}, and {ALSO_MIN} are the least"
        yield unit.solutions / "also", what, "write a right answer of another shape", 0
    for path in _files(case):
        lines = path.read_text(encoding="utf-8").splitlines()
        waiting = [number for number, line in enumerate(lines, 1) if WAITS in line]
        if waiting:
            places = "1 place waits" if len(waiting) == 1 else f"{len(waiting)} places wait"
            yield path, f"{places} to be filled in in {path.name}", "fill them", waiting[0]


def _files(case: Case) -> list[Path]:
    unit = case.unit
    files = [unit.brief, unit.stub, unit.examples, unit.hints_file, unit.solution, *unit.also]
    files += [unit.wrong_ideas, unit.notes, unit.suite, unit.concept, *unit.programs, *pins.files(unit)]
    return [path for path in files if path.is_file()]
