"""Law 3: stub, solution and every other right answer share the given names, signatures and docstrings.

The reference repeats the docstrings of the stub; an answer in `also/` leaves them out, or repeats them.
In a unit to predict, the program that is forecast is the same in all of them, statement by statement.
"""

from __future__ import annotations

import ast
from pathlib import Path

from halfway.catalog import Mutant
from halfway.prove import sources
from halfway.prove.case import Case, Findings, listed
from halfway.prove.sources import Given


def law_3_names(case: Case) -> Findings:
    """What a caller reads and relies on is the same in every file that a learner may end up with.

    In a unit to predict, so is the program that is forecast: what somebody has made of it is no answer.
    In a unit to write tests the given names are the world's, the names of tests are the learner's, and what
    the module says is the contract, as docstrings are elsewhere.
    """
    stub = sources.parsed(case.unit.stub)
    names = sources.all_of(stub)
    if names is None:
        what = "The stub does not list its given names in `__all__`."
        yield case.found(3, case.unit.stub, what, "list the names that a caller may use")
        return
    contract = sources.given(stub, names)
    for name in names:
        if name not in contract:
            what = f"`__all__` lists `{name}`, which this file does not define."
            yield case.found(3, case.unit.stub, what, "define it, or take it out of `__all__`")
    found = [finding for path in case.right for finding in _compared(case, path, names, contract)]
    if case.unit.kind == "predict":
        found += [finding for path in case.right for finding in _same_program(case, path, stub)]
    if case.unit.kind == "write-the-test":
        found += _same_words(case, stub)
    yield from found
    for mutant in case.unit.mutants if not found else ():  # they have the faults of the reference
        yield from _same_names(case, mutant, sources.parsed(case.written(mutant)), names, contract)


def _compared(case: Case, path: Path, names: list[str], contract: dict[str, Given]) -> Findings:
    tree = sources.parsed(path)
    yield from _same_names(case, path, tree, names, contract)
    theirs = sources.given(tree, names)
    for name in theirs if path == case.unit.solution else ():
        if name not in contract:
            what = f"The stub does not show `{name}`, and whoever writes another one is told that it differs."
            yield case.found(3, path, what, "show it in the stub, or do without it", theirs[name].line)
    for name, ours in contract.items():
        is_left_out = path != case.unit.solution and name in theirs and not theirs[name].doc
        if name in theirs and theirs[name].doc != ours.doc and not is_left_out:
            what = f"The docstring of `{name}` is not the stub's."
            step = f"repeat the stub's words ({case.unit.file}:{ours.line}): they are the contract"
            yield case.found(3, path, what, step, theirs[name].line)


def _same_names(
    case: Case, where: Path | Mutant, tree: ast.Module, names: list[str], contract: dict[str, Given]
) -> Findings:
    listed_there = sources.all_of(tree)
    if listed_there is None or set(listed_there) != set(names):
        missing, extra = set(names) - set(listed_there or ()), set(listed_there or ()) - set(names)
        what = f"`__all__` is not the stub's: missing {listed(missing)}, extra {listed(extra)}."
        yield case.found(3, where, what, "list the same names as the stub")
    theirs = sources.given(tree, names)
    for name, ours in contract.items():
        if name not in theirs:
            what = f"`{name}` of the stub is not defined here."
            yield case.found(3, where, what, f"define it as the stub does: `{ours.signature}`")
        elif theirs[name].signature != ours.signature:
            what = f"`{name}` is `{theirs[name].signature}`, and in the stub `{ours.signature}`."
            yield case.found(3, where, what, "give it the stub's signature", theirs[name].line)


def _same_words(case: Case, stub: ast.Module) -> Findings:
    path = case.unit.solution
    if ast.get_docstring(sources.parsed(path)) != ast.get_docstring(stub):
        what = "The docstring of the module is not the stub's."
        yield case.found(3, path, what, "repeat the stub's words: they say who is right", 1)


def _same_program(case: Case, path: Path, stub: ast.Module) -> Findings:
    theirs = {node.name: node for node in sources.parsed(path).body if isinstance(node, sources.Function)}
    for node in stub.body:
        if not isinstance(node, sources.Function) or "NotImplementedError" in ast.unparse(node):
            continue
        if node.name in theirs and _statements(theirs[node.name]) != _statements(node):
            what = f"`{node.name}` is not the program that the stub gives."
            yield case.found(3, path, what, "repeat its statements as they are", theirs[node.name].lineno)


def _statements(node: sources.Function) -> list[str]:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return [ast.dump(statement) for statement in body]
