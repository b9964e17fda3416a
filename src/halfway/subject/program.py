"""A learner's file as a program: compiled once, executed as a new process would execute it."""

import builtins
import dataclasses
import enum
import linecache
import sys
import types
from typing import Any

from halfway.subject.blocking import sleep_charged_to_virtual_time
from halfway.subject.loop import VirtualLoop

_UNCHANGING = (
    type(None), bool, int, str, float, bytes, type, enum.Enum, property, staticmethod, classmethod,
    types.FunctionType, types.BuiltinFunctionType, types.ModuleType, types.GenericAlias, types.UnionType,
    types.MemberDescriptorType, types.GetSetDescriptorType, types.WrapperDescriptorType, types.MethodDescriptorType,
    types.MappingProxyType,
)  # fmt: skip
_NOT_LOOKED_AT = frozenset(("__all__", "__builtins__", "__dict__", "__weakref__", "__annotations__", "__loader__", "__spec__", "_abc_impl"))

Space = tuple[Any, tuple[Any, ...]]
"""A name space, and the values it held when it was new."""


class Program:
    """A learner's source. `fresh()` gives its module as a new process would see it.

    Raises SyntaxError (and, for strange sources, ValueError, RecursionError or MemoryError) when it does not compile.
    """

    def __init__(self, source: str, name: str) -> None:
        self.name, self.source = name, source
        self.filename = f"<{name}.py>"
        self.code = compile(source, self.filename, "exec", dont_inherit=True)
        self.port_classes: dict[str, type] = {}
        # 3.11's wait_for loses a cancel that comes in the turn of its result (cpython issue 86296).
        self.waits_with_wait_for = sys.version_info < (3, 12) and "wait_for" in source
        self._module: types.ModuleType | None = None
        self._spaces: list[Space] | None = None
        self._loop: VirtualLoop | None = None
        self._names: dict[str, Any] = {}
        # So that a traceback, and inspect, find the learner's lines.
        linecache.cache[self.filename] = (len(source), None, source.splitlines(keepends=True), self.filename)

    def fresh(self) -> types.ModuleType:
        """Give a new module.

        It is executed again only if it could have changed: a module that holds nothing but constants, functions and
        classes, none of them bound anew, is as good as new, and a hundred times cheaper.
        """
        if self._module is not None and self._spaces is not None and all(_is_as_it_was(space) for space in self._spaces):
            return self._module
        module = types.ModuleType(self.name)
        module.__file__ = self.filename
        sys.modules[self.name] = module
        self._module = None
        with sleep_charged_to_virtual_time():
            exec(self.code, module.__dict__)  # noqa: S102 - running the learner's file is what this is for
        self._module, self._spaces, self._names = module, _spaces_of(module), module.__dict__
        return module

    def loop(self) -> VirtualLoop:
        """Give an event loop that is as good as new. One process at a time has it."""
        if self._loop is None:
            self._loop = VirtualLoop()
        self._loop.begin()
        return self._loop

    def forget(self) -> None:
        """Leave nothing of this program behind in the interpreter."""
        sys.modules.pop(self.name, None)
        linecache.cache.pop(self.filename, None)
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    def named(self, path: str) -> Any:
        """Find `publish`, `Left.PART` or a built-in class such as `ConnectionError`.

        Raises AttributeError, with the learner's file in its text, when there is no such name.
        """
        found = self._names.get(path)
        if found is not None:
            return found
        first, *rest = path.split(".")
        found = getattr(self._module, first, None)
        if found is None:
            found = getattr(builtins, first, None)
        if found is None:
            raise AttributeError(f"{self.name}.py has no {first}")
        for name in rest:
            found = getattr(found, name)
        return found


def _is_as_it_was(space: Space) -> bool:
    names, was = space
    return len(names) == len(was) and all(a is b for a, b in zip(names.values(), was, strict=True))


def _spaces_of(module: types.ModuleType) -> list[Space] | None:
    """Every name space of the module that could be bound anew; None as soon as one holds something that can change."""
    classes = [c for c in vars(module).values() if isinstance(c, type) and c.__module__ == module.__name__]
    spaces: list[Space] = []
    for holder in (module, *classes):
        names = vars(holder)
        for name, value in names.items():
            inner = (name[:2] == "__" and holder is not module) or (isinstance(holder, enum.EnumMeta) and name[:1] == "_")
            if name not in _NOT_LOOKED_AT and not inner and not _is_unchanging(value):
                return None
        spaces.append((names, tuple(names.values())))
    return spaces


def _is_unchanging(value: Any) -> bool:
    if isinstance(value, types.FunctionType):
        defaults = (*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values())
        return not value.__closure__ and not value.__dict__ and all(_is_unchanging(item) for item in defaults)
    if isinstance(value, (tuple, frozenset)):
        return all(_is_unchanging(item) for item in value)
    if type(value).__module__ in ("typing", "__future__"):
        return True
    if dataclasses.is_dataclass(type(value)):
        return bool(type(value).__dataclass_params__.frozen)  # type: ignore[attr-defined]
    return isinstance(value, _UNCHANGING)
