"""Law 9: every hidden test is one promise in the learner's world, and its feedback has Saw, Rule, Ask."""

from __future__ import annotations

import ast
import re

from halfway.prove import sources
from halfway.prove.case import Case, Findings
from halfway.prove.suite_rules import suite_rules

NEXT_SENTENCE = re.compile(r"[.!?][\"')`]*\s+\S")
LAST_WORD = re.compile(r"[.!?][\"')`]*\Z")
PARTS = ("saw", "rule", "ask")


def law_9_promises(case: Case) -> Findings:
    """Each test is one sentence that a learner may rely on, and says Saw, Rule and Ask when it is broken.

    Some test has two intents in one story, so that code which does one thing for everybody does not pass.
    A unit to predict needs none, for its program does the same for everybody; nor does a unit to write tests,
    where the learner's tests choose what is asked for.
    """
    tree = sources.parsed(case.unit.suite)
    functions = {node.name: node for node in tree.body if isinstance(node, sources.Function)}
    tests = {name: node for name, node in functions.items() if name.startswith("test_")}
    for node in tests.values():
        yield from _docstring(case, node)
        if not reached(node, functions) & {"promise", "promise_under"}:
            what = f"`{node.name}` promises nothing."
            yield case.found(9, case.unit.suite, what, "say with promise(...) what it is about", node.lineno)
    promises = [call for call in sources.calls(tree) if sources.called(call) == "promise"]
    unsaid = [finding for call in promises for finding in _feedback(case, call)]
    yield from unsaid or _shown(case, tests)
    yield from suite_rules(case, tree)


def _docstring(case: Case, node: sources.Function) -> Findings:
    text = " ".join((ast.get_docstring(node) or "").split())
    if not text:
        what, step = "has no docstring.", "write its promise, in one sentence"
    elif not LAST_WORD.search(text):
        what, step = "has a docstring that does not end as a sentence.", "end it with a full stop"
    elif NEXT_SENTENCE.search(text):
        what, step = "has a docstring of more than one sentence.", "make one promise, or two tests"
    elif re.search(r"\bshould(n't)?\b", text, re.IGNORECASE):
        what, step = "says what something should do.", "say what it does: a promise is kept or broken"
    else:
        return
    yield case.found(9, case.unit.suite, f"`{node.name}` {what}", step, node.lineno)


def reached(node: ast.AST, functions: dict[str, sources.Function]) -> set[str]:
    """Gives the names of everything that is called from here, through the functions of the same file."""
    found: set[str] = set()
    waiting: list[ast.AST] = [node]
    while waiting:
        for call in sources.calls(waiting.pop()):
            name = sources.called(call)
            if name not in found and name in functions:
                waiting.append(functions[name])
            found.add(name)
    return found


def _feedback(case: Case, call: ast.Call) -> Findings:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    for part in PARTS:
        value = given.get(part)
        empty = isinstance(value, ast.Constant) and not str(value.value or "").strip()
        if value is None or empty:
            what = f"This promise says no {part.capitalize()}."
            yield case.found(9, case.unit.suite, what, f"write {part}=... for whoever breaks it", call.lineno)
    ask = given.get("ask")
    if isinstance(ask, ast.Constant) and str(ask.value).strip() and not str(ask.value).strip().endswith("?"):
        what = "Its Ask is no question."
        yield case.found(9, case.unit.suite, what, "ask what its answer is the fix of", call.lineno)


def _shown(case: Case, tests: dict[str, sources.Function]) -> Findings:
    """What mutants were shown: each test that is broken at all is broken once with all three parts."""
    broken: set[str] = set()
    told: set[str] = set()
    for _, verdict in case.graded_mutants():
        for result in verdict.promises:
            if result.status == "broken":
                broken.add(result.id)
                if result.saw.strip() and result.rule.strip() and result.ask.strip().endswith("?"):
                    told.add(result.id)
    for name in sorted(broken - told):
        what = f"No mutant that breaks `{name}` is shown Saw, Rule and Ask, but its own error alone."
        step = "let the promise see what went wrong (`tried`, `process.run`), or write a mutant that meets it"
        yield case.found(9, case.unit.suite, what, step, tests[name].lineno if name in tests else 0)
