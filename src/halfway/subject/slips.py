"""What a reader of the file sees at once: a call without its await, a helper that nobody calls.

Facts of the text alone, as plain data; whether one of them explains what happened is for the judge to say.
"""

import ast
import types
from collections.abc import Iterator

from halfway.wire import Wire

FACTS_MAX = 500
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*_FUNCTIONS, ast.ClassDef, ast.Lambda)
_TO_AWAIT = frozenset(("sleep", "wait_for"))
"""What of asyncio does nothing until it is awaited."""
_LOOKED_AT: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Expr: ("value",),
    ast.If: ("test",),
    ast.IfExp: ("test",),
    ast.While: ("test",),
    ast.Assert: ("test",),
    ast.For: ("iter",),
    ast.UnaryOp: ("operand",),
    ast.BinOp: ("left", "right"),
    ast.Compare: ("left",),
    ast.Attribute: ("value",),
    ast.Subscript: ("value",),
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def read(tree: ast.AST) -> dict[str, Wire]:
    """Gives the facts of a file, each list as long as anybody reads it at most."""
    nodes = list(ast.walk(tree))
    functions = [node for node in nodes if isinstance(node, _FUNCTIONS)]
    protocols = {id(each) for node in nodes if _has_base(node, "Protocol") for each in ast.walk(node)}
    own = [function for function in functions if id(function) not in protocols]
    valued = [function for function in own if _owes_a_value(function)]
    facts: dict[str, list[Wire]] = {
        "unawaited": [[node.lineno, name] for node, name in _unawaited(nodes, functions)],
        "uncalled": [[node.lineno, name] for node, name in _uncalled(nodes, own)],
        "valueless": [[f.lineno, f.name] for f in valued if not _gives_a_value(f)],
        "falling": [[_last_line(f), f.name] for f in valued if _gives_a_value(f) and _falls_through(f.body)],
        "silent": [[f.lineno, f.name] for f in own if f not in valued and _is_silent(f)],
        "unused": [[f.lineno, f.name] for f in _unused(nodes, own)],
        "stuck": [[line, name] for function in own for line, name in _stuck(function)],
        "returns": [*_returns(functions), *_fields(nodes)],
        "defined": list(_defined(tree, "")),
        "enums": [
            [node.name] for node in nodes if isinstance(node, ast.ClassDef) and _has_base(node, "Enum")
        ],
        "names": [[name] for name in sorted(_names(nodes))],
        "keys": [[line, key] for line, key in sorted(set(_keys(nodes)))],
    }
    return {kind: found[:FACTS_MAX] for kind, found in facts.items()}


# ---- calls without their await


def _unawaited(nodes: list[ast.AST], functions: list[Function]) -> Iterator[tuple[ast.Call, str]]:
    """Calls of what is a coroutine function, wherever it is defined, whose coroutine nobody can await."""
    coroutines = {f.name: f for f in functions if isinstance(f, ast.AsyncFunctionDef) and not _yields(f)}
    for function in functions:
        if isinstance(function, ast.FunctionDef):
            coroutines.pop(function.name, None)
    for node in nodes:
        for value in _dropped(node):
            if not isinstance(value, ast.Call):
                continue
            name = _called(value)
            if isinstance(value.func, ast.Attribute) and _called_on(value.func) == "asyncio":
                if name in _TO_AWAIT:
                    yield value, name
            elif name in coroutines and _takes(coroutines[name], value):
                yield value, name


def _uncalled(nodes: list[ast.AST], functions: list[Function]) -> Iterator[tuple[ast.Expr, str]]:
    """Lines that name a function of the file, and do nothing with it."""
    names = {function.name for function in functions if not function.decorator_list}
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Attribute | ast.Name):
            name = node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id
            if name in names:
                yield node, name


def _dropped(node: ast.AST) -> list[ast.expr]:
    """What this node only looks at: a coroutine that stands here is never awaited."""
    if isinstance(node, ast.BoolOp):
        return node.values[:-1]
    if isinstance(node, ast.Attribute) and hasattr(types.CoroutineType, node.attr):
        return []  # `sleep(1).__await__()`: it is driven by hand
    return [getattr(node, field) for field in _LOOKED_AT.get(type(node), ())]


def _takes(function: Function, call: ast.Call) -> bool:
    """Can this be a call of it? A list has an `append` too, which takes something else."""
    if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        return _is_no_containers(function)
    takes = function.args
    positional = [a for a in (*takes.posonlyargs, *takes.args) if a.arg not in ("self", "cls")]
    least = len(positional) - len(takes.defaults)
    most = len(positional) + len(takes.kwonlyargs)
    given = len(call.args) + len(call.keywords)
    fits = least <= given and (given <= most or takes.vararg is not None or takes.kwarg is not None)
    of_container = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    return fits and (_is_no_containers(function) or not of_container)


def _is_no_containers(function: Function) -> bool:
    """Has no container of Python a method of this name?"""
    return not any(hasattr(kind, function.name) for kind in (list, dict, set))


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _called_on(attribute: ast.Attribute) -> str:
    return attribute.value.id if isinstance(attribute.value, ast.Name) else ""


# ---- functions that owe a value


def _owes_a_value(function: Function) -> bool:
    """Does its own signature say that it gives something?"""
    if function.returns is None or _yields(function) or function.decorator_list:
        return False
    told = ast.unparse(function.returns)
    nothing = ("None", "Never", "NoReturn", "object", "Any", "Optional")
    return not any(word in told for word in nothing) and not _is_unwritten(function)


def _is_silent(function: Function) -> bool:
    """Does it never give anything? Then its callers get None; whether that is what they want, others know."""
    if function.decorator_list or _yields(function) or _is_unwritten(function):
        return False
    return not _gives_a_value(function)


def _is_unwritten(function: Function) -> bool:
    body = [node for node in function.body if not isinstance(node, ast.Expr)]
    return all(isinstance(node, ast.Raise | ast.Pass) for node in body)


def _gives_a_value(function: Function) -> bool:
    return any(isinstance(node, ast.Return) and node.value is not None for node in _within(function))


def _yields(function: Function) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _within(function))


def _within(function: Function) -> Iterator[ast.AST]:
    """What belongs to a function itself, and to no function inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)


def _falls_through(body: list[ast.stmt]) -> bool:
    """Can these statements come to their end? Where it cannot be said, they do not."""
    match body[-1]:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return False
        case ast.If(body=then, orelse=otherwise):
            return _falls_through(then) or not otherwise or _falls_through(otherwise)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return _falls_through(inner) and not _may_be_left(inner)
        case ast.While() | ast.For() | ast.AsyncFor() | ast.Try() | ast.Match():
            return False
        case ast.TryStar() | ast.Assert():
            return False
    return True


def _may_be_left(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Return) for each in body for node in ast.walk(each))


def _last_line(function: Function) -> int:
    return function.end_lineno or function.lineno


def _returns(functions: list[Function]) -> Iterator[Wire]:
    """What each function says that it gives."""
    for function in functions:
        if function.returns is not None and not _yields(function):
            yield [function.name, ast.unparse(function.returns)]


def _fields(nodes: list[ast.AST]) -> Iterator[Wire]:
    """What each class says of its fields."""
    for node in nodes:
        if not isinstance(node, ast.ClassDef):
            continue
        for each in node.body:
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                yield [f"{node.name}.{each.target.id}", ast.unparse(each.annotation)]


# ---- counters


def _stuck(function: Function) -> Iterator[tuple[int, str]]:
    """Names that are 0 or 1 before a `while`, are looked at in it, and are set nowhere else."""
    within = list(_within(function))
    stores = [n.id for n in within if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    looked_at = {
        each.id
        for loop in within
        if isinstance(loop, ast.While)
        for each in ast.walk(loop)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    }
    for node in within:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
            is_count = isinstance(value, ast.Constant) and type(value.value) is int and value.value in (0, 1)
            if is_count and name in looked_at and stores.count(name) == 1:
                yield node.lineno, name


# ---- who knows whom


def _unused(nodes: list[ast.AST], functions: list[Function]) -> Iterator[Function]:
    """Functions whose name stands nowhere in the file but where they are defined."""
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    used |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    used |= {node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is str}
    overriding = {id(each) for node in nodes if _has_bases(node) for each in ast.walk(node)}
    for function in functions:
        special = function.name.startswith("__") or function.decorator_list or id(function) in overriding
        if function.name not in used and not special:
            yield function


def _defined(node: ast.AST, holder: str) -> Iterator[list[Wire]]:
    """Every function and class: its name, its line, and what it stands in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*_FUNCTIONS, ast.ClassDef)):
            yield [child.name, child.lineno, holder]
            inside = f"the class {child.name}" if isinstance(child, ast.ClassDef) else f"{child.name}()"
            if not _has_base(child, "Protocol"):  # what a port is called by is no place for code
                yield from _defined(child, inside)
        elif not isinstance(child, ast.expr):
            yield from _defined(child, holder)


def _names(nodes: list[ast.AST]) -> set[str]:
    """Every name that the file binds, or gives to something."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
            if _called_on(node) == "self":
                found.add(f"self.{node.attr}")
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
    return found


def _has_base(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.ClassDef) and any(name in _last_name(base) for base in node.bases)


def _keys(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Every text that is a key of a dict as it is written down."""
    for node in nodes:
        for key in node.keys if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant) and type(key.value) is str:
                yield key.lineno, key.value


def _last_name(base: ast.expr) -> str:
    if isinstance(base, ast.Subscript):
        base = base.value
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")


def _has_bases(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and bool(node.bases)
