"""How a function of a stub is called, read from its source."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Signature:
    """One function or method of the stub."""

    name: str
    is_async: bool
    parameters: tuple[tuple[str, str | None], ...]
    returns: str | None
    by_keyword: frozenset[str] = frozenset()
    """The parameters that are given by keyword alone."""

    @property
    def kind(self) -> str:
        """How the stub spells it."""
        return "async def" if self.is_async else "def"

    def told(self) -> str:
        """The signature, as the stub writes it."""
        given = [name if default is None else f"{name}={default}" for name, default in self.parameters]
        if self.by_keyword:
            given.insert(len(given) - len(self.by_keyword), "*")
        return f"{self.kind} {self.name.rpartition('.')[2]}({', '.join(given)})"


def constants_of(*sources: str) -> dict[str, str]:
    """The plain values that these files have names for, as they are written."""
    nodes = (node for source in sources for node in ast.parse(source).body)
    return {
        ast.unparse(node.targets[0]): ast.unparse(node.value)
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }


def _annotation(node: ast.expr) -> str:
    """A type as it is written, without the quotes of one that is not known yet."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ast.unparse(node)


def signature_of(node: Function, name: str, constants: Mapping[str, str]) -> Signature:
    """How a function of a stub is called; `constants` are the values that its defaults have names for."""

    def told(default: ast.expr) -> str:
        return constants.get(ast.unparse(default), ast.unparse(default))

    arguments = node.args
    defaults = [None] * (len(arguments.args) - len(arguments.defaults)) + list(map(told, arguments.defaults))
    given = tuple(zip([a.arg for a in arguments.args], defaults, strict=True))
    given += tuple(
        (a.arg, None if d is None else told(d))
        for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    )
    if "." in name:
        given = given[1:]
    returns = _annotation(node.returns) if node.returns is not None else None
    by_keyword = frozenset(a.arg for a in arguments.kwonlyargs)
    return Signature(name, isinstance(node, ast.AsyncFunctionDef), given, returns, by_keyword)
