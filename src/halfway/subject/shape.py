"""What a name of the learner's module is: how it is called, what it holds.

None of their code runs, but where an object of theirs answers in its own way whoever looks at it.
"""

import dataclasses
import enum
import inspect
import types
from typing import Any

from halfway.subject.frozen_data import is_frozen_dataclass
from halfway.wire import Wire


def shape_of(thing: Any) -> dict[str, Wire]:
    """Give what `thing` is, as plain data; of what raises when it is looked at, the name of that error."""
    try:
        if isinstance(thing, type):
            return _class_shape(thing)
        if not callable(thing):
            return {"is": "a value"}
    except Exception as error:
        return {"is": "strange", "error": type(error).__name__}
    return _called(thing)


def _called(thing: Any) -> dict[str, Wire]:
    """How it is called; where it says something odd of itself, that is seen when it is called."""
    try:
        told: dict[str, Wire] = {"is": _kind(thing), "params": _parameters(thing)}
        return {**told, "hands_on": True} if _hands_on(thing) else told
    except Exception:
        return {"is": "def", "params": None}


def _kind(function: Any) -> str:
    function = inspect.unwrap(function)
    if inspect.isasyncgenfunction(function):
        return "async generator"
    if inspect.iscoroutinefunction(function):
        return "async def"
    return "generator" if inspect.isgeneratorfunction(function) else "def"


def _parameters(function: Any) -> Wire:
    try:
        signature = _signature(function)
    except (TypeError, ValueError):
        return [["", "VAR_POSITIONAL", None]] if isinstance(function, _WRITTEN_IN_C) else None
    return [
        [p.name, p.kind.name, None if p.default is p.empty else _default(p.default)]
        for p in signature.parameters.values()
    ]


_WRITTEN_IN_C = (types.BuiltinFunctionType, types.MethodWrapperType, types.WrapperDescriptorType)
"""Of some of these nobody knows the parameters: none of them has the names that a stub gives to its own."""


def _signature(function: Any) -> inspect.Signature:
    """How a caller has to call it: what a decorator names itself, and for the rest what it has wrapped."""
    if not inspect.isfunction(function):
        return inspect.signature(function)
    own = inspect.signature(function, follow_wrapped=False)
    if not _hands_on(function):
        return own
    named = [p for p in own.parameters.values() if p.kind not in _WHATEVER_COMES]
    known = {p.name for p in named}
    places = sum(p.kind in _BY_PLACE for p in named)
    inner: Any = vars(function)["__wrapped__"]
    wrapped = list(_signature(inner).parameters.values())
    # Something else may be handed on in the place of what it takes.
    handed_on = [p for p in wrapped[places:] if p.name not in known]
    return own.replace(parameters=sorted([*named, *handed_on], key=lambda p: p.kind))


_WHATEVER_COMES = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _hands_on(function: Any) -> bool:
    """Is this what a decorator made: does it take whatever comes, for a function that it has wrapped?"""
    if not hasattr(function, "__wrapped__"):
        return False
    kinds = {p.kind for p in inspect.signature(function, follow_wrapped=False).parameters.values()}
    return {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} <= kinds


def _default(value: Any) -> str:
    """A default as a stub writes it; "..." for what is no constant."""
    if type(value) is tuple:
        parts = [part.__name__ if isinstance(part, type) else _default(part) for part in value]
        if "..." in parts:
            return "..."
        return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
    return repr(value) if type(value) in (int, float, str, bool, bytes, type(None)) else "..."


def _class_shape(kind: Any) -> dict[str, Wire]:
    told: dict[str, Wire] = {"is": "class", "bases": [base.__name__ for base in kind.__mro__[1:-1]]}
    if issubclass(kind, enum.Enum):
        told["members"] = [[name, repr(member.value)] for name, member in kind.__members__.items()]
    if dataclasses.is_dataclass(kind):
        told["frozen"] = is_frozen_dataclass(kind)
        told["fields"] = [field.name for field in dataclasses.fields(kind)]
    held = inspect.getmembers_static(kind)
    told["methods"] = {
        name: _called(method)
        for name, method in held
        if inspect.isfunction(method) and (name[0] != "_" or name == "__init__")
    }
    told["others"] = [name for name, thing in held if name[0] != "_" and not inspect.isfunction(thing)]
    told["answers"] = "__getattr__" in dict(held) or kind.__getattribute__ is not object.__getattribute__
    return told
