"""An `async` that a file has lost: where the stub says `async def`, a plain `def` that gives nothing."""

import ast

from halfway.kit.contract import Contract
from halfway.kit.shape import Shape


def lost(contract: Contract, shapes: dict[str, Shape], source: str) -> tuple[str, str] | None:
    """Say which function has lost its `async`: it gives nothing, and nobody can await that.

    A plain function that gives something may give an awaitable.
    """
    for name, signature in contract.functions.items():
        owner, _, method = name.rpartition(".")
        shape = shapes.get(owner or name)
        shape = shape.methods.get(method) if shape is not None and owner else shape
        if not signature.is_async or shape is None or shape.kind != "def":
            continue
        node = _defined(ast.parse(source).body, name.split("."))
        if node is not None and _gives_nothing(node):
            saw = f"`{name}` is a plain `def` (line {node.lineno}), and the stub's is `{signature.told()}`"
            return saw, "how does a caller that holds the stub call it?"
    return None


def _defined(body: list[ast.stmt], path: list[str]) -> ast.stmt | None:
    """What the last statement of this name defines, class by class; None where there is none."""
    found = next((each for each in reversed(body) if getattr(each, "name", "") == path[0]), None)
    if len(path) > 1:
        return _defined(found.body, path[1:]) if isinstance(found, ast.ClassDef) else None
    return found


def _gives_nothing(node: ast.stmt) -> bool:
    """Is it a plain function that can return None alone? One that ends in `raise` is still to be written."""
    if not isinstance(node, ast.FunctionDef) or node.decorator_list or isinstance(node.body[-1], ast.Raise):
        return False
    gives = (ast.Yield, ast.YieldFrom)
    return not any(
        isinstance(each, gives) or (isinstance(each, ast.Return) and each.value is not None)
        for each in ast.walk(node)
    )
