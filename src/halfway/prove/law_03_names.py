"""Law 3: stub, solution and every other right answer share the given names, signatures and docstrings."""

from __future__ import annotations

from pathlib import Path

from halfway.prove import sources
from halfway.prove.case import Case, Findings, listed
from halfway.prove.sources import Given


def law_3_names(case: Case) -> Findings:
    """What a caller reads and relies on is the same in every file that a learner may end up with."""
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
    for path in case.right:
        yield from _compared(case, path, names, contract)
    for path in case.unit.mutants:
        yield from _same_names(case, path, names, contract)


def _compared(case: Case, path: Path, names: list[str], contract: dict[str, Given]) -> Findings:
    yield from _same_names(case, path, names, contract)
    theirs = sources.given(sources.parsed(path), names)
    for name, ours in contract.items():
        if name in theirs and theirs[name].doc != ours.doc:
            what = f"The docstring of `{name}` is not the stub's."
            step = f"repeat the stub's words ({case.unit.file}:{ours.line}): they are the contract"
            yield case.found(3, path, what, step, theirs[name].line)


def _same_names(case: Case, path: Path, names: list[str], contract: dict[str, Given]) -> Findings:
    tree = sources.parsed(path)
    listed_there = sources.all_of(tree)
    if listed_there is None or set(listed_there) != set(names):
        missing, extra = set(names) - set(listed_there or ()), set(listed_there or ()) - set(names)
        what = f"`__all__` is not the stub's: missing {listed(missing)}, extra {listed(extra)}."
        yield case.found(3, path, what, "list the same names as the stub")
    theirs = sources.given(tree, names)
    for name, ours in contract.items():
        if name not in theirs:
            what = f"`{name}` of the stub is not defined here."
            yield case.found(3, path, what, f"define it as the stub does: `{ours.signature}`")
        elif theirs[name].signature != ours.signature:
            what = f"`{name}` is `{theirs[name].signature}`, and in the stub `{ours.signature}`."
            yield case.found(3, path, what, "give it the stub's signature", theirs[name].line)
