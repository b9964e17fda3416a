"""Reads Python files without running them: given names, signatures, docstrings, lines of code."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from halfway.catalog import BadUnit
from halfway.catalog.parsing import parse

Function = ast.FunctionDef | ast.AsyncFunctionDef


def parsed(path: Path) -> ast.Module:
    """Gives the tree of a file. Raises BadUnit if it is missing or is not Python."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadUnit("A file of this unit is missing.", str(path), "Next: write it.") from None
    except SyntaxError as e:
        raise BadUnit("A file is not Python.", f"{path}:{e.lineno}", "Next: repair that line.") from None


@dataclass(frozen=True)
class Given:
    """One given name of a file, or a public part of a class with one: what callers read and rely on."""

    name: str
    line: int
    signature: str
    doc: str


def all_of(tree: ast.Module) -> list[str] | None:
    """Gives what `__all__` lists, or None if the file has no plain one."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            assert isinstance(node, ast.Assign)
            try:
                return [str(name) for name in ast.literal_eval(node.value)]
            except (ValueError, TypeError):
                return None
    return None


def given(tree: ast.Module, names: list[str]) -> dict[str, Given]:
    """Gives the definitions of these names, and of the public parts of those that are classes."""
    found: dict[str, Given] = {}
    for node in tree.body:
        for one in _of_statement(node, ""):
            if one.name.partition(".")[0] in names:
                found[one.name] = one
    return found


def _of_statement(node: ast.stmt, owner: str) -> Iterator[Given]:
    if isinstance(node, Function):
        yield Given(owner + node.name, node.lineno, signature(node), _doc(node))
    elif isinstance(node, ast.ClassDef):
        yield Given(owner + node.name, node.lineno, _class_line(node), _doc(node))
        for inner in node.body:
            yield from (one for one in _of_statement(inner, f"{owner}{node.name}.") if _is_public(one.name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield Given(owner + node.target.id, node.lineno, ast.unparse(node), "")
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield Given(owner + target.id, node.lineno, ast.unparse(node), "")


def _is_public(name: str) -> bool:
    last = name.rpartition(".")[2]
    return not last.startswith("_") or last in ("__init__", "__call__", "__aenter__", "__aexit__", "__iter__")


def _doc(node: Function | ast.ClassDef) -> str:
    return ast.get_docstring(node) or ""


def signature(node: Function) -> str:
    """Gives `async def name(arguments) -> result`, with its decorators."""
    head = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{_decorators(node)}{head} {node.name}({ast.unparse(node.args)}){result}"


def _class_line(node: ast.ClassDef) -> str:
    bases = ", ".join(ast.unparse(base) for base in [*node.bases, *node.keywords])
    return f"{_decorators(node)}class {node.name}" + (f"({bases})" if bases else "")


def _decorators(node: Function | ast.ClassDef) -> str:
    return "".join(f"@{ast.unparse(decorator)} " for decorator in node.decorator_list)


def code_lines(path: Path) -> list[str]:
    """Gives the lines of a file without its own docstring, blank lines and comments."""
    source = path.read_text(encoding="utf-8")
    tree = parsed(path)
    doc = tree.body[0] if tree.body and ast.get_docstring(tree) is not None else None
    skipped = set(range(doc.lineno, (doc.end_lineno or doc.lineno) + 1)) if doc else set()
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    kept = (line.rstrip() for number, line in enumerate(lines, 1) if number not in skipped)
    return [line for line in kept if line]


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """Gives every call inside a node."""
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))


def called(call: ast.Call) -> str:
    """Gives the last name of what is called: `name` for `story.name(...)`, "" for what has none."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""
