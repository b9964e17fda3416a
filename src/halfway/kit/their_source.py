"""What is read in the source of a learner's tests: its imports, and what it may see beside the world."""

import ast
import sys
from collections.abc import Iterable
from functools import lru_cache

from halfway.kit.unit import Unit
from halfway.kit.words import nodes_of

_CHANCE = frozenset(("random", "secrets"))
_SEES_NOTHING_ELSE = frozenset(
    (
        "__future__", "abc", "bisect", "collections", "contextlib", "copy", "dataclasses", "enum",
        "functools", "heapq", "itertools", "math", "operator", "random", "re", "string", "textwrap",
        "types", "typing",
    )
)  # fmt: skip
"""With these modules, and no chance, a test sees nothing but what its world answers."""
_LOOKS_AROUND = frozenset(("__import__", "eval", "exec", "hash", "id", "open"))


def foreign_imports(unit: Unit) -> list[tuple[int, str]]:
    """Give what the file imports from outside of the standard library, each with its line."""
    found = []
    for node in nodes_of(unit._link.source):
        if isinstance(node, ast.Import):
            found += [(node.lineno, name.name) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.lineno, "." * node.level + (node.module or "")))
    return [(line, name) for line, name in found if name.partition(".")[0] not in sys.stdlib_module_names]


@lru_cache(maxsize=2)
def draws(source: str) -> bool:
    """May this draw what nobody foresees? Not where all it takes from `random` is generators with seeds."""
    nodes = nodes_of(source)
    modules, generators = _names_of_chance(nodes)
    foreseen = set[int]()
    for node in nodes:
        if isinstance(node, ast.Call) and node.args and _is_generator(node.func, modules, generators):
            foreseen.update(map(id, ast.walk(node.func)))
        for says in ("annotation", "returns"):
            foreseen.update(map(id, ast.walk(getattr(node, says, None) or ast.Pass())))
    return "" in modules or any(
        isinstance(node, ast.Name) and node.id in modules | generators and id(node) not in foreseen
        for node in nodes
    )


def _names_of_chance(nodes: Iterable[ast.AST]) -> tuple[set[str], set[str]]:
    """Give the names of the modules that draw, "" for a function of theirs, and those of `random.Random`."""
    modules, generators = set[str](), set[str]()
    for node in nodes:
        if isinstance(node, ast.Import):
            modules.update(name.asname or name.name for name in node.names if name.name in _CHANCE)
        elif isinstance(node, ast.ImportFrom) and node.module in _CHANCE:
            for name in node.names:
                is_generator = name.name == "Random"
                (generators if is_generator else modules).add(
                    (name.asname or "Random") if is_generator else ""
                )
    return modules, generators


def _is_generator(function: ast.expr, modules: set[str], generators: set[str]) -> bool:
    if isinstance(function, ast.Attribute):
        return (
            function.attr == "Random"
            and isinstance(function.value, ast.Name)
            and function.value.id in modules
        )
    return isinstance(function, ast.Name) and function.id in generators


def sees_its_world_alone(source: str) -> bool:
    """Does a test of this file see nothing but what its world answers: no clock, no chance, no machine?"""
    imported = set[str]()
    for node in nodes_of(source):
        if isinstance(node, ast.Import):
            imported.update(name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Name) and node.id in _LOOKS_AROUND:
            return False
    return imported <= _SEES_NOTHING_ELSE and not draws(source)


def has_an_order_of_its_own(source: str) -> bool:
    """May this go through a set, whose order is another one on another machine?"""
    iterated = set[int]()
    for node in nodes_of(source):
        if isinstance(node, (ast.For, ast.comprehension)) and isinstance(node.iter, ast.Call):
            iterated.add(id(node.iter.func))
    return any(
        isinstance(node, (ast.Set, ast.SetComp))
        or (isinstance(node, ast.Name) and node.id in ("set", "frozenset"))
        or (isinstance(node, ast.Attribute) and node.attr in ("keys", "items") and id(node) not in iterated)
        for node in nodes_of(source)
    )
