"""Law 11: exactly three hints, and none contains a line of the solution."""

from __future__ import annotations

import keyword
import re

from halfway.prove import sources
from halfway.prove.case import Case, Findings

TITLES = ("Where to look", "The idea", "The shape")
TELLING = 12
"""From so many characters on, a line is no longer what everybody writes."""


def law_11_hints(case: Case) -> Findings:
    """Where to look, the idea, the shape: each says something, and none is the answer."""
    unit = case.unit
    steps = unit.steps
    if [(step.number, step.title) for step in steps] != list(enumerate(TITLES, 1)):
        found = ", ".join(f"`## {step.number} {step.title}`" for step in steps) or "none"
        wanted = ", ".join(f"`## {number} {title}`" for number, title in enumerate(TITLES, 1))
        yield case.found(11, unit.hints_file, f"The hints are {found}.", f"write three: {wanted}")
    for step in steps:
        if not step.text:
            yield case.found(11, unit.hints_file, f"Hint {step.number} says nothing.", "write it")
    yield from _answers(case)


def _answers(case: Case) -> Findings:
    known = {_bare(line) for line in sources.code_lines(case.unit.stub)}
    answers = {_bare(line): path for path in case.right[::-1] for line in sources.code_lines(path)}
    telling = {line: path for line, path in answers.items() if line not in known and _is_telling(line)}
    for number, line in enumerate(case.unit.hints_file.read_text(encoding="utf-8").splitlines(), 1):
        for answer, path in telling.items():
            if answer in _bare(line):
                what = f"The hint holds a line of {case.unit.shown(path)}: `{answer}`."
                yield case.found(11, case.unit.hints_file, what, "give its shape in words", number)


def _bare(line: str) -> str:
    return " ".join(line.split())


def _is_telling(line: str) -> bool:
    words = [word for word in re.findall(r"\w+", line) if not keyword.iskeyword(word)]
    return len(line) >= TELLING and len(words) > 1
