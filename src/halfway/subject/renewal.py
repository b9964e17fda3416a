"""Is a module still what it was when it was new? Then a new process need not execute it again."""

import collections.abc
import contextlib
import dataclasses
import datetime
import decimal
import enum
import operator
import re
import sys
import types
from collections.abc import Iterator
from typing import Any, NamedTuple

from halfway.subject.frozen_data import is_frozen_dataclass


class _Pair(NamedTuple):
    first: int


_UNCHANGING = frozenset((
    type(None), bool, int, str, float, complex, bytes, range, object, type(...), type(NotImplemented),
    types.BuiltinFunctionType, types.ModuleType, types.GenericAlias, types.UnionType,
    type(collections.abc.Callable[..., object]),
    types.MemberDescriptorType,
    types.GetSetDescriptorType, types.WrapperDescriptorType, types.MethodDescriptorType,
    datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.timezone,
    decimal.Decimal, re.Pattern, type(vars(_Pair)["first"]),
))  # fmt: skip
_NOT_LOOKED_AT = frozenset((
    "__all__", "__annotations__", "__builtins__", "__dict__", "__loader__", "__spec__", "__weakref__",
    "_abc_impl", "__annotate__", "__annotate_func__", "__annotations_cache__", "__conditional_annotations__",
))  # fmt: skip
_OF_A_NAMED_TUPLE = frozenset(("_asdict", "_field_defaults", "_fields", "_make", "_replace"))
_OF_TYPES = ("typing", "__future__")
_DEPTH_MAX = 10

Space = tuple[Any, tuple[Any, ...]]
"""A name space, and the values it held when it was new."""


class Spaces:
    """The name spaces of a module as they were, and the functions and enum members that could be tied to."""

    __slots__ = ("_held", "_sizes", "_spaces")

    def __init__(self, spaces: list[Space], holding: list[Any]) -> None:
        self._spaces = spaces
        self._held = [thing.__dict__ for thing in holding]
        self._sizes = [len(held) for held in self._held]

    @classmethod
    def of(cls, module: types.ModuleType) -> "Spaces | None":
        """Look at a new module; None when it holds anything that can change."""
        spaces: list[Space] = []
        holding: list[Any] = []
        for holder in (module, *_classes_in(module)):
            if isinstance(holder, type) and sys.version_info < (3, 14):
                # Whoever asks a class for them makes them: isinstance does so with a protocol.
                holder.__annotations__  # noqa: B018
            names = vars(holder)
            if isinstance(holder, enum.EnumMeta):
                holding += holder.__members__.values()
            for name, value in names.items():
                if not (_is_made_by_python(holder, name, value) or _is_unchanging(value, module.__name__)):
                    return None
                holding += _functions_in(value, module.__name__)
            spaces.append((names, tuple(names.values())))
        return cls(spaces, holding)

    def are_as_they_were(self) -> bool:
        """Is nothing bound anew, and nothing tied to a function or an enum member?"""
        for names, was in self._spaces:
            if len(names) != len(was) or not all(map(operator.is_, names.values(), was)):
                return False
        return list(map(len, self._held)) == self._sizes


def _classes_in(module: types.ModuleType) -> list[type]:
    """The classes that the module made, also those inside others."""
    found: dict[type, None] = {}
    to_visit: list[Any] = [module]
    while to_visit:
        for value in vars(to_visit.pop()).values():
            if isinstance(value, type) and value.__module__ == module.__name__ and value not in found:
                found[value] = None
                to_visit.append(value)
    return list(found)


def _functions_in(value: Any, module: str) -> Iterator[types.FunctionType]:
    if isinstance(value, types.FunctionType):
        if value.__module__ == module:
            yield value
    elif isinstance(value, (staticmethod, classmethod)):
        yield from _functions_in(value.__func__, module)
    elif isinstance(value, property):
        for function in (value.fget, value.fset, value.fdel):
            yield from _functions_in(function, module)


def _is_made_by_python(holder: Any, name: str, value: Any) -> bool:
    """Is this what every module has, or every class of that kind? A method of the learner's file is not."""
    if name in _NOT_LOOKED_AT or not isinstance(holder, type):
        return name in _NOT_LOOKED_AT
    if isinstance(value, types.FunctionType) and value.__code__.co_filename == f"<{holder.__module__}.py>":
        return False
    is_of_tuple = issubclass(holder, tuple) and name in _OF_A_NAMED_TUPLE
    return name[:2] == "__" or is_of_tuple or (isinstance(holder, enum.EnumMeta) and name[:1] == "_")


def _is_unchanging(value: Any, module: str, depth: int = 0) -> bool:
    kind = type(value)
    if kind in _UNCHANGING or isinstance(value, (type, enum.Enum)) or kind.__module__ in _OF_TYPES:
        return True
    if depth > _DEPTH_MAX:
        return False
    parts = _parts_of(value, module)
    return all(part is not _CHANGING and _is_unchanging(part, module, depth + 1) for part in parts)


_CHANGING = object()


def _parts_of(value: Any, module: str) -> Iterator[Any]:
    """The parts of which an unchanging value is made; _CHANGING for one that is not of that kind."""
    kind: Any = type(value)
    if kind is types.FunctionType:
        # What was imported is not this module's to keep things in.
        if value.__module__ in (module, None):
            yield from value.__defaults__ or ()
            yield from (value.__kwdefaults__ or {}).values()
            yield from _parts_of_closure(value)
    elif kind is types.MethodType:
        yield _CHANGING if value.__func__.__module__ in (module, None) else None
    elif isinstance(value, (tuple, frozenset)):
        yield from value
    elif kind is staticmethod or kind is classmethod:
        yield value.__func__
    elif kind is property:
        yield from (value.fget, value.fset, value.fdel)
    elif is_frozen_dataclass(kind):
        yield from (getattr(value, field.name) for field in dataclasses.fields(kind))
    else:
        yield _CHANGING


def _parts_of_closure(function: types.FunctionType) -> Iterator[Any]:
    """What a function is tied to.

    `super()` ties it to its class, and a context manager to the generator it was written as.
    """
    code = function.__code__
    if code.co_filename == contextlib.__file__ and list(function.__dict__) == ["__wrapped__"]:
        yield from (cell.cell_contents for cell in function.__closure__ or ())
    elif function.__dict__ or code.co_freevars not in ((), ("__class__",)):
        yield _CHANGING
