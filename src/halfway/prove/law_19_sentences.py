"""Law 19: each sentence of a contract names the promise that holds it, and each promise has its sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from halfway.catalog.reading import source_of
from halfway.kit.contract import Contract
from halfway.prove.case import Case, Findings, listed
from halfway.prove.law_17_domain import documented
from halfway.prove.law_18_rows import HEADING as BELIEVED
from halfway.prove.law_18_rows import PROMISE

HEADING = "## What holds each sentence"
UNCHECKED = "(judgement)", "(given)"
"""No suite can tell; or it says what something is, and asks nothing of the learner."""

ENDS = re.compile(r"(?<=[.?!])\s+(?=[A-Z`\"0-9])|(?<=[;:])\n|\n\s*\n")
MARKS = re.compile(r"(?:,? *(?:`test_\w+`|\((?:judgement|given)\)))+\s*$")

PARAMETER = re.compile(r"\n((?:\w+, )*\w+: )")
"""What a line begins with that speaks of a parameter."""

Marks = frozenset[str]
"""What stands behind a sentence of the notes: promises, (judgement), (given)."""

Sentences = dict[str, list[str]]
"""What each owner promises: `{"publish": ["Ring for one pending alert.", ...]}`."""


def law_19_sentences(case: Case) -> Findings:
    """Each sentence of the stub's docstrings names in `notes.md` what holds it, and each promise is in one.

    A sentence stands there word for word with its promises, or as (judgement) where no suite can tell, or as
    (given) where it says what something is. What is said of a parameter alone is for law 17, and a port's
    docstrings are the world's. A promise may have a row of what a caller may believe in place of a sentence.
    In a unit to write tests the sentences are the module's, which say who is right and what a test is.
    """
    told = marked(source_of(case.unit.notes))
    unheld = {name for name, _ in case.unit.promises()} - believed(case)
    stub = source_of(case.unit.stub)
    promised = sentences(stub)
    if case.unit.kind == "write-the-test":
        promised[Path(case.unit.file).stem] = list(_sentences(ast.parse(stub)))
    for owner, texts in promised.items():
        for text in texts:
            line, marks = told.pop((owner, text), (0, frozenset()))
            yield from _not_held(case, owner, text, line, marks)
            unheld -= marks
    for (owner, text), (line, _) in told.items():
        what = f"`{owner}` does not say this in the stub: {text}"
        yield case.found(19, case.unit.notes, what, "take it away, or write it as the stub has it", line)
    for name in sorted(unheld):
        what = f"`{name}` holds no sentence that a learner can read."
        step = "name it at its sentence, or write that sentence into the stub"
        yield case.found(19, case.unit.notes, what, step)


def _not_held(case: Case, owner: str, text: str, line: int, marks: Marks) -> Findings:
    """Gives what is wrong with how the notes tell one sentence; `line` is 0 where they do not."""
    strange = marks - {name for name, _ in case.unit.promises()} - set(UNCHECKED)
    if not line:
        what = f"Nothing says what holds this sentence of `{owner}`: {text}"
        step = f"write it below `{HEADING}` with its promises, word for word"
    elif not marks:
        what = f"This sentence of `{owner}` names no promise: {text}"
        step = f"name one, or mark it {' or '.join(UNCHECKED)}"
    elif strange:
        what = f"A sentence names {listed(strange)}, and the suite has no such promise."
        step = "name the promise that holds it"
    else:
        return
    yield case.found(19, case.unit.notes, what, step, line)


def sentences(stub: str) -> Sentences:
    """Gives the sentences of public docstrings, but not a port's, nor what is said of parameters."""
    public = Contract.of(stub)
    found: Sentences = {}
    for owner, node in documented(ast.parse(stub)):
        if owner in public.functions or owner in public.classes:
            found.setdefault(owner, []).extend(_sentences(node))
    return {owner: texts for owner, texts in found.items() if texts}


def _sentences(node: ast.AST) -> Iterator[str]:
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module)
    names = set() if isinstance(node, ast.Module) else _parameters(node)
    said = PARAMETER.sub(r"\n\n\1", ast.get_docstring(node) or "")
    for text in ENDS.split(said):
        head = set(text.strip().partition(":")[0].split(", "))
        if text.strip() and not head <= names:
            yield " ".join(text.split())


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> set[str]:
    if isinstance(node, ast.ClassDef):
        inner = [s for s in node.body if isinstance(s, ast.FunctionDef) and s.name == "__init__"]
        fields = {ast.unparse(s.target) for s in node.body if isinstance(s, ast.AnnAssign)}
        return fields.union(*map(_parameters, inner))
    return {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}


def marked(notes: str) -> dict[tuple[str, str], tuple[int, Marks]]:
    """Gives each sentence of the notes, by its owner and words: its line, and its promises and marks."""
    found: dict[tuple[str, str], tuple[int, Marks]] = {}
    for owner, line, text in _items(notes):
        match = MARKS.search(text)
        marks = match[0] if match else ""
        named = frozenset({*PROMISE.findall(marks), *(mark for mark in UNCHECKED if mark in marks)})
        found[owner, text.removesuffix(marks).strip()] = line, named
    return found


def _items(notes: str) -> Iterator[tuple[str, int, str]]:
    """Gives the items below the heading, each as one line of text."""
    inside, owner, item = False, "", (0, "")
    for number, line in enumerate([*notes.splitlines(), "## end"], 1):
        is_more = line.startswith("  ") and item[1]
        if is_more:
            item = item[0], f"{item[1]} {line.strip()}"
            continue
        if item[1]:
            yield owner, *item
        item = (number, line.removeprefix("- ").strip()) if inside and line.startswith("- ") else (0, "")
        if line.startswith("## "):
            inside = line.strip() == HEADING
        elif line.startswith("### "):
            owner = line.removeprefix("### ").strip().strip("`")


def believed(case: Case) -> set[str]:
    """Gives the promises that a row of what a caller may believe names."""
    _, _, below = case.unit.concept.read_text(encoding="utf-8").partition(BELIEVED)
    return set(PROMISE.findall(below.partition("\n## ")[0]))
