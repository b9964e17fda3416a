"""Law 17: a suite calls with values of the stub's stated domain alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

from halfway import kit
from halfway.catalog.reading import source_of
from halfway.kit.contract import is_protocol
from halfway.prove.case import Case, Findings
from halfway.prove.pressing import ran

AN_INT = re.compile(r"(\w+): an int of (-?\d+) or more\.")
A_TEXT = re.compile(r"(\w+): a str of (\d+) to (\d+) printable ASCII characters\.")
A_STR = re.compile(r"(\w+): a str[.,]")

Check = Callable[[Any], bool]
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def law_17_domain(case: Case) -> Findings:
    """No call is outside of what the stub says of a parameter, as in `size: an int of 1 or more.`

    In a unit to write tests the learner's tests make the calls, and the world refuses what is outside.
    """
    calls = ran(case).calls
    stub = source_of(case.unit.stub)
    domains, contract = domains_of(stub), kit.Contract.of(stub)
    told: set[str] = set()
    for name, args, kwargs in calls:
        for parameter, value in _given(contract, name, args, kwargs):
            said = domains.get(f"{name}.{parameter}")
            if said is None or said[1](value) or f"{name}.{parameter}" in told:
                continue
            told.add(f"{name}.{parameter}")
            what = f"The suite calls {name} with {parameter}={value!r:.60}, and the stub says `{said[0]}`."
            step = "use values that the contract allows, or say more in the stub"
            yield case.found(17, case.unit.suite, what, step)


def domains_of(stub: str) -> dict[str, tuple[str, Check]]:
    """Gives what the stub says of parameters, by `publish.attempts`: the words, and a check."""
    found: dict[str, tuple[str, Check]] = {}
    for owner, node in documented(ast.parse(stub)):
        for line in (ast.get_docstring(node) or "").splitlines():
            for parameter, check in _said(line.strip()):
                found[f"{owner}.{parameter}"] = line.strip(), check
    return found


def documented(
    tree: ast.Module,
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    """Gives functions, classes and methods of a stub by name, as `Export.run`; ports are left out."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef) and not is_protocol(node):
            yield node.name, node
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    owner = node.name if inner.name == "__init__" else f"{node.name}.{inner.name}"
                    yield owner, inner


def _said(line: str) -> Iterator[tuple[str, Check]]:
    if match := AN_INT.match(line):
        least = int(match[2])
        yield match[1], lambda value: type(value) is int and value >= least
    elif match := A_TEXT.match(line):
        low, high = int(match[2]), int(match[3])
        yield match[1], lambda value: type(value) is str and low <= len(value) <= high and _is_plain(value)
    elif match := A_STR.match(line):
        yield match[1], lambda value: type(value) is str


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _given(
    contract: kit.Contract, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Gives each argument with the name of its parameter."""
    yield from kwargs.items()
    signature = contract.functions.get(name) or contract.functions.get(f"{name}.__init__")
    names = [parameter for parameter, _ in signature.parameters] if signature is not None else None
    if names is None and name in contract.classes:
        statements = contract.classes[name].body
        names = [ast.unparse(s.target) for s in statements if isinstance(s, ast.AnnAssign)]
    yield from zip(names or (), args, strict=False)
