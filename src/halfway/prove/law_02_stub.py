"""Law 2: the stub imports and is not a pass."""

from __future__ import annotations

import ast

from halfway.grading.verdict import PromiseResult, Verdict
from halfway.prove import sources
from halfway.prove.case import Case, Findings, listed


def law_2_stub(case: Case) -> Findings:
    """What a learner starts with breaks promises in the way of its kind, and the examples as well.

    To implement: nothing is written. To predict: no forecast is made yet.
    To repair or refactor: at least one wrong idea, and a fence around the rest. To write tests: no test, and
    each promise says so.
    """
    unit = case.unit
    if unit.kind == "write-the-test":
        yield from _no_test_yet(case)
    (_, hidden), (_, shown) = case.graded([unit.stub])[0], case.graded([unit.stub], "examples")[0]
    if hidden.fault:
        yield case.found(2, unit.suite, f"The checker fails on the stub: {hidden.fault}", "repair the suite")
        return
    not_reached = [result for result in hidden.promises if result.status == "not_reached"]
    if not_reached:
        what = f"The stub does not import: {not_reached[0].saw}."
        yield case.found(2, unit.stub, what, "a learner starts from a file that imports: repair it")
        return
    if unit.kind in ("implement", "predict", "write-the-test"):
        yield from _unwritten(case, hidden)
    else:
        yield from _fence(case, hidden)
    if shown.passed:
        what = "The stub already passes every public example."
        yield case.found(2, unit.examples, what, "show what the learner's code is going to do")


def _unwritten(case: Case, verdict: Verdict) -> Findings:
    for result in verdict.promises:
        if result.unwritten:
            continue
        if result.kept:
            what = f"The stub keeps `{result.id}`, although nothing of it is written."
            step = "let the story in which nothing goes wrong demand the effect"
        else:
            what = f"The stub breaks `{result.id}` by something else than NotImplementedError: {result.saw}."
            step = "raise NotImplementedError in the stub, and let the test come to it first"
        yield case.found(2, case.unit.suite, what, step, line_of(case, result.id))


def _fence(case: Case, verdict: Verdict) -> Findings:
    if not any(_is_told(result) for result in verdict.promises):
        what = f"The stub of a unit to {case.unit.kind} breaks no promise by a promise."
        yield case.found(2, case.unit.stub, what, "give the stub its one wrong idea")
    broken_by = _broken_by_mutants(case)
    for result in verdict.promises:
        if result.kept and result.id not in broken_by:
            what = f"The stub keeps `{result.id}`, and no mutant breaks it: a fence that nobody runs into."
            step = "write the mutant of a repair that breaks it"
            yield case.found(2, case.unit.suite, what, step, line_of(case, result.id))


def _is_told(result: PromiseResult) -> bool:
    return result.status == "broken" and bool(result.rule and result.ask)


def _broken_by_mutants(case: Case) -> set[str]:
    verdicts = (verdict for _, verdict in case.graded_mutants())
    return {result.id for verdict in verdicts for result in verdict.promises if result.status == "broken"}


def _no_test_yet(case: Case) -> Findings:
    tree = sources.parsed(case.unit.stub)
    for node in ast.walk(tree):
        if isinstance(node, sources.Function) and node.name.startswith("test"):
            what = f"The stub of a unit to write tests has one already: {listed([node.name])}."
            yield case.found(2, case.unit.stub, what, "leave it to the learner", node.lineno)


def line_of(case: Case, test: str) -> int:
    """Gives the line of a hidden test; 0 if the suite has no such test."""
    for node in sources.parsed(case.unit.suite).body:
        if isinstance(node, sources.Function) and node.name == test:
            return node.lineno
    return 0
