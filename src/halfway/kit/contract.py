"""The contract of a unit, read from its stub: which names there are, how they are called, what they give.

It is compared before any story, and once for each call that returns: a slip is told as one, in one line.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from halfway.kit.shape import Parameter, Shape
from halfway.kit.signature import Function, Signature, constants_of, signature_of
from halfway.kit.values import EnumMember, Name, Theirs

OTHER_KIND_ASK = "what do its callers do with it?"
_PLAIN: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "bytes": (bytes,),
}
_UNCALLED = ("method", "function", "builtin_function_or_method", "partial")
_CONTAINERS: dict[str, type] = {"dict": dict, "list": list, "tuple": tuple, "set": set}


@dataclass(frozen=True)
class Contract:
    """What a stub promises to callers, by name; methods are named `Export.run`."""

    functions: dict[str, Signature]
    classes: dict[str, ast.ClassDef] = field(repr=False)
    source: str = field(default="", repr=False)
    """The file that it was read from."""
    beside: dict[str, ast.ClassDef] = field(default_factory=dict, repr=False)
    """The classes of files that are given beside the stub: nobody's to change, and known as answers alone."""

    @classmethod
    def of(cls, stub: str, given: Mapping[str, str] | None = None) -> "Contract":
        """Read the source of a stub, or of a solution, which has the same given names.

        `given` is the text of each file that stands beside it, by the name of its module.
        """
        functions: dict[str, Signature] = {}
        classes: dict[str, ast.ClassDef] = {}
        body = ast.parse(stub).body
        public = _given(body)
        constants = constants_of(stub, *(given or {}).values())
        for node in body:
            if getattr(node, "name", None) not in public:
                continue
            if isinstance(node, Function):
                functions[node.name] = signature_of(node, node.name, constants)
            elif isinstance(node, ast.ClassDef) and not is_protocol(node):
                classes[node.name] = node
                for method in node.body:
                    if isinstance(method, Function) and (method.name[0] != "_" or method.name == "__init__"):
                        name = f"{node.name}.{method.name}"
                        functions[name] = signature_of(method, name, constants)
        return cls(functions, classes, stub, _classes_of(given or {}))

    @property
    def names(self) -> list[str]:
        """The names that others rely on."""
        return [*self.classes, *(name for name in self.functions if "." not in name)]

    @property
    def owing(self) -> frozenset[str]:
        """The functions and methods that give something, by their last names."""
        owing = (name for name, each in self.functions.items() if each.returns not in (None, "None"))
        return frozenset(name.rpartition(".")[2] for name in owing)

    # ---- before any story

    def difference(self, shapes: dict[str, Shape]) -> tuple[str, str] | None:
        """Say what of a file differs from the stub, as what was seen and what to ask; None for nothing.

        A name that is not there at all is `missing.missing_name`.
        """
        for name, node in self.classes.items():
            wrong = _class_difference(name, node, shapes.get(name))
            if wrong is not None:
                return wrong
        for name, signature in self.functions.items():
            owner, _, method = name.rpartition(".")
            shape = shapes.get(owner or name)
            if shape is not None and owner:
                shape = shape.methods.get(method)
            if shape is None:
                continue
            wrong = _function_difference(signature, shape)
            if wrong is not None:
                return wrong
        return None

    # ---- for each call

    def wrong_answer(self, name: str, value: Any) -> str:
        """Say what is wrong with the type of what a call gave; "" if nothing is."""
        signature = self.functions.get(name)
        if signature is None or signature.returns is None or signature.returns == "None":
            return ""
        wanted = _parsed(signature.returns)
        if self._is_of(value, wanted):
            return ""
        hint, kind = "", value._cls if isinstance(value, Theirs) else ""
        if value is None:
            hint = ": is a `return` missing?"
        elif kind == "coroutine":
            hint = ": is an `await` missing?"
        elif kind in _UNCALLED:
            hint = ": is it called, with `()` after its name?"
        said = self._wrong_part(value, wanted) or _said(value)
        return self._wrong_field(value) or f"{said}, and the stub says {signature.returns}{hint}"

    def _is_of(self, value: Any, wanted: ast.expr) -> bool:
        if isinstance(wanted, ast.Name):
            return self._is_named(value, wanted.id)
        if isinstance(wanted, ast.Constant):
            return bool(value is wanted.value)
        if isinstance(wanted, ast.BinOp):
            return self._is_of(value, wanted.left) or self._is_of(value, wanted.right)
        if isinstance(wanted, ast.Subscript) and isinstance(wanted.value, ast.Name):
            kind = _CONTAINERS.get(wanted.value.id)
            if kind is None:
                return True
            if not isinstance(value, kind):
                return False
            return self._holds(value, wanted)
        return True

    def _is_named(self, value: Any, name: str) -> bool:
        if name in _PLAIN:
            return type(value) in _PLAIN[name]
        if name in _CONTAINERS:
            return isinstance(value, _CONTAINERS[name])
        if name not in self.classes and name not in self.beside:
            return True
        if isinstance(value, EnumMember):
            return value.cls == name
        return isinstance(value, Theirs) and value._cls == name and not self._wrong_field(value)

    def speaks_of(self, name: str) -> bool:
        """Is this a class of the stub's, or of a given file's?"""
        return self._class(name) is not None

    def _class(self, name: str) -> ast.ClassDef | None:
        return self.classes.get(name) or self.beside.get(name)

    def _wrong_field(self, value: Any) -> str:
        """Say which field of a frozen dataclass of the stub's holds what it cannot hold; "" for none."""
        node = self._class(value._cls) if isinstance(value, Theirs) else None
        fields = _frozen_fields(node) if node is not None else None
        if node is None or fields is None:
            return ""
        if value._fields is None:
            return f"an object of another class {node.name} than the stub's"
        for name, annotation in fields:
            holds = value._fields.get(name)
            if not self._is_of(holds, annotation):
                wanted = ast.unparse(annotation)
                return f"{node.name} with {name}={_said(holds)}, and the stub says {name}: {wanted}"
        return ""

    def _wrong_part(self, value: Any, wanted: ast.expr) -> str:
        """Say which part of a list or set is of another type than all have to be; "" for none."""
        inner = _inner(wanted)
        if len(inner) != 1 or not isinstance(value, list | set) or not self._is_of(value, _outer(wanted)):
            return ""
        wrong = next(each for each in value if not self._is_of(each, inner[0]))
        return f"{_shown(value)}, which holds {_said(wrong)}"

    def _holds(self, value: Any, wanted: ast.Subscript) -> bool:
        inner = _inner(wanted)
        if isinstance(value, dict) and len(inner) == 2:
            return all(self._is_of(k, inner[0]) and self._is_of(v, inner[1]) for k, v in value.items())
        if isinstance(value, list | set) and len(inner) == 1:
            return all(self._is_of(each, inner[0]) for each in value)
        if isinstance(value, tuple) and [ast.unparse(each) for each in inner[1:]] == ["..."]:
            return all(self._is_of(each, inner[0]) for each in value)
        return True


@cache
def _frozen_fields(node: ast.ClassDef) -> tuple[tuple[str, ast.expr], ...] | None:
    """The fields of a frozen dataclass; None for any other class. Read once: every answer asks for them."""
    if not any("frozen=True" in ast.unparse(decorator) for decorator in node.decorator_list):
        return None
    return tuple(
        (each.target.id, each.annotation)
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    )


@cache
def _parsed(annotation: str) -> ast.expr:
    return ast.parse(annotation, mode="eval").body


def _outer(wanted: ast.expr) -> ast.expr:
    return wanted.value if isinstance(wanted, ast.Subscript) else wanted


def _inner(wanted: ast.expr) -> list[ast.expr]:
    """What an annotation says of the parts: `int` of `list[int]`; nothing of `list`."""
    if not isinstance(wanted, ast.Subscript):
        return []
    return wanted.slice.elts if isinstance(wanted.slice, ast.Tuple) else [wanted.slice]


def _said(value: Any) -> str:
    if value is None:
        return "None"
    kind = value._cls if isinstance(value, Theirs) else value.cls if isinstance(value, EnumMember) else None
    if kind in ("coroutine", "generator", "method", "function"):
        return f"a {kind}"
    if isinstance(value, Name):
        return f"the class {value!r}"
    return f"{_shown(value)}, of type {kind or type(value).__name__}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:56]} ..."


def _classes_of(given: Mapping[str, str]) -> dict[str, ast.ClassDef]:
    """The classes of given files whose objects are made: a protocol's are anybody's."""
    nodes = (node for text in given.values() for node in ast.parse(text).body)
    return {node.name: node for node in nodes if isinstance(node, ast.ClassDef) and not is_protocol(node)}


def is_protocol(node: ast.ClassDef) -> bool:
    """Is it a protocol, with or without a type variable?"""
    return any(ast.unparse(base).partition("[")[0] == "Protocol" for base in node.bases)


def _given(body: list[ast.stmt]) -> frozenset[str]:
    """The names that others rely on: `__all__`, or without one every public name."""
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    names = (str(getattr(node, "name", "_")) for node in body)
    return frozenset(name for name in names if name[0] != "_")


def _function_difference(wanted: Signature, shape: Shape) -> tuple[str, str] | None:
    told = f"`{wanted.name}`"
    if shape.error:
        return f"{told} {_looked_at(shape)}, and the stub's is `{wanted.told()}`", OTHER_KIND_ASK
    if shape.kind in ("a value", "class"):
        kind = "a class" if shape.kind == "class" else shape.kind
        return f"{told} is {kind}, and the stub's is `{wanted.told()}`", OTHER_KIND_ASK
    if shape.kind != wanted.kind and not (wanted.is_async and shape.kind == "def"):
        # A plain function may give an awaitable; whether it does is seen when it is called.
        return (
            f"{told} is {_kind_told(shape.kind)}, and the stub's is `{wanted.told()}`",
            "how does a caller that holds the stub call it?",
        )
    wrong = _parameters_differ(wanted, _asked_of_a_caller(wanted, shape))
    if wrong is None:
        return None
    ask = "can it be called in every way that the stub allows?"
    return f"{told} {wrong}; the stub's is `{wanted.told()}`", ask


def _looked_at(shape: Shape) -> str:
    return f"raises {shape.error} when somebody looks at what it is"


def _kind_told(kind: str) -> str:
    return f"{'an' if kind[0] == 'a' else 'a'} {kind if kind.endswith('generator') else f'`{kind}`'}"


def _asked_of_a_caller(wanted: Signature, shape: Shape) -> tuple[Parameter, ...] | None:
    """Its parameters without those that its decorator hands in: whether it does is seen when it is called."""
    if shape.parameters is None or not shape.hands_on:
        return shape.parameters
    known = {name for name, _ in wanted.parameters}
    first = 1 if "." in wanted.name else 0
    return shape.parameters[:first] + tuple(
        (name, kind, default)
        for name, kind, default in shape.parameters[first:]
        if name in known or default is not None or kind.startswith("VAR")
    )


def _parameters_differ(wanted: Signature, params: tuple[Parameter, ...] | None) -> str | None:
    """Say in which way of the stub's it cannot be called; None where in each."""
    if params is None:
        return None
    if "." in wanted.name and params and params[0][1].startswith("POSITIONAL"):
        params = params[1:]
    kinds = {kind for _, kind, _ in params}
    takes_rest = "VAR_POSITIONAL" in kinds, "VAR_KEYWORD" in kinds
    theirs = {name: (place, kind, default) for place, (name, kind, default) in enumerate(params)}
    for place, (name, default) in enumerate(wanted.parameters):
        takes = (takes_rest[0] or name in wanted.by_keyword, takes_rest[1])
        if name not in theirs:
            if all(takes):
                continue
            if place < len(params) and params[place][1] == "POSITIONAL_ONLY":
                return f"takes `{name}` by position alone"
            if any(takes_rest):
                return f"takes `{name}` by {'keyword' if takes_rest[1] else 'position'} alone"
            return f"has no parameter `{name}`"
        at = theirs[name][0] if name in wanted.by_keyword else place
        wrong = _parameter_differs(name, default, at, theirs[name], takes)
        if wrong is not None:
            return wrong
    known = {name for name, _ in wanted.parameters}
    more = (n for n, kind, own in params if n not in known and own is None and not kind.startswith("VAR"))
    return next((f"wants `{name}` as well" for name in more), None)


def _parameter_differs(
    name: str,
    default: str | None,
    place: int,
    theirs: tuple[int, str, str | None],
    takes_rest: tuple[bool, bool],
) -> str | None:
    at, kind, own = theirs
    if kind == "KEYWORD_ONLY" and not takes_rest[0]:
        return f"takes `{name}` by keyword alone"
    if kind == "POSITIONAL_ONLY" and not takes_rest[1]:
        return f"takes `{name}` by position alone"
    if kind == "POSITIONAL_OR_KEYWORD" and at != place:
        return f"takes `{name}` in another place"
    if default is not None and own is None:
        return f"has no default for `{name}`"
    if default is not None and not _is_one_default(own, default):
        return f"has {own} as the default of `{name}`"
    return None


def _is_one_default(own: str | None, stub: str) -> bool:
    """Are these two texts one default? 60 and 60.0 are.

    `own` is what a process says: it is read as a number, and as nothing else.
    """
    if own is None or own in (stub, "..."):
        return True
    try:
        return ("." in own) != ("." in stub) and float(own) == float(stub)
    except ValueError:
        return False


def _class_difference(name: str, node: ast.ClassDef, shape: Shape | None) -> tuple[str, str] | None:
    if shape is None:
        return None
    if shape.error:
        return f"`{name}` {_looked_at(shape)}, and the stub's is a class", OTHER_KIND_ASK
    if shape.kind != "class":
        return f"`{name}` is no class, and the stub's is", OTHER_KIND_ASK
    ask = "who else uses it, and what do they expect?"
    bases = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
    missing = [base for base in bases if base not in shape.bases]
    if missing:
        return f"`{name}` is not built on {missing[0]}, as it is in the stub", ask
    if shape.members is not None:
        given = tuple(
            (statement.targets[0].id, ast.unparse(statement.value))
            for statement in node.body
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
        )
        if shape.members != given:
            return _members_differ(name, dict(shape.members), dict(given)), ask
    fields = tuple(
        statement.target.id
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    )
    is_dataclass = any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)
    if is_dataclass and shape.fields != fields:
        return f"the fields of `{name}` are not those of the stub", ask
    if any("frozen=True" in ast.unparse(d) for d in node.decorator_list) and not shape.is_frozen:
        return f"`{name}` is frozen in the stub, and not here", ask
    return None


def _members_differ(name: str, theirs: dict[str, str], ours: dict[str, str]) -> str:
    """Say which member of an enumeration is not as it is in the stub."""
    for member, value in ours.items():
        if member not in theirs:
            return f"`{name}` has no member {member}, as it has in the stub"
        if theirs[member] != value:
            return f"`{name}.{member}` has the value {theirs[member]}, and {value} in the stub"
    added = next((member for member in theirs if member not in ours), None)
    if added is not None:
        return f"`{name}` has a member {added}, and none of this name in the stub"
    return f"the members of `{name}` stand in another order than in the stub"
