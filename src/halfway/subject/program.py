"""A learner's file as a program: compiled once, executed as a new process would execute it."""

import asyncio
import builtins
import functools
import linecache
import re
import sys
import types
from typing import Any

from halfway.subject.handed import ELSEWHERE
from halfway.subject.loop import VirtualLoop
from halfway.subject.renewal import Spaces
from halfway.subject.run import importing

_ASYNC_GENERATOR = 0x200
_NO_SUCH = object()
_CHANCE = re.compile(r"\brandom\b")


class Program:
    """A learner's source. `fresh()` gives its module as a new process would see it.

    Raises SyntaxError (and, for strange sources, ValueError, RecursionError or MemoryError) when it does not
    compile.
    """

    def __init__(self, source: str, name: str) -> None:
        self.name, self.source = name, source
        self.filename = self.file = f"<{name}.py>"
        self.code = compile(source, self.filename, "exec", dont_inherit=True)
        self.port_classes: dict[str, Any] = {}
        self.may_lose_cancels = any(name in source for name, _ in losers())
        self.uses_chance = _CHANCE.search(source) is not None
        self._has_asyncgens = _has_asyncgens(self.code)
        self._module: types.ModuleType | None = None
        self._spaces: Spaces | None = None
        self._loop: VirtualLoop | None = None
        self._names: dict[str, Any] = {}
        self._callers: dict[str, tuple[types.ModuleType, Spaces | None]] = {}
        # So that a traceback, and inspect, find the learner's lines.
        linecache.cache[self.filename] = (len(source), None, source.splitlines(keepends=True), self.filename)

    def fresh(self) -> types.ModuleType:
        """Give a new module.

        It is executed again only if it could have changed: a module that holds nothing but constants,
        functions and classes, none of them bound anew, is as good as new, and a hundred times cheaper.
        """
        if self._module is not None and self._spaces is not None and self._spaces.are_as_they_were():
            return self._module
        module = types.ModuleType(self.name)
        module.__file__ = self.file
        sys.modules[self.name] = module
        self._module = self._spaces = None
        self._names = {}
        with importing():
            exec(self.code, module.__dict__)  # noqa: S102 - running the learner's file is what this is for
        self._module, self._spaces, self._names = module, Spaces.of(module), module.__dict__
        return module

    def loop(self) -> VirtualLoop:
        """Give an event loop that is as good as new. One process at a time has it."""
        loop = self._loop
        if loop is None or not loop.is_as_made():
            if loop is not None and not loop.is_closed():
                loop.close()
            loop = self._loop = VirtualLoop(has_asyncgens=self._has_asyncgens)
        loop.begin()
        return loop

    def callers(self, source: str) -> types.ModuleType:
        """Give the module of a suite's own code, which calls the learner's, as good as new."""
        module, spaces = self._callers.get(source, (None, None))
        if module is None or spaces is None or not spaces.are_as_they_were():
            module = types.ModuleType("callers")
            exec(compile(source, "<callers.py>", "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - ours
            self._callers[source] = module, Spaces.of(module)
        return module

    def forget(self) -> None:
        """Leave nothing of this program behind in the interpreter."""
        if self._module is not None and sys.modules.get(self.name) is self._module:
            del sys.modules[self.name]
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
            found = getattr(found, name, _NO_SUCH)
        if found is _NO_SUCH:
            raise AttributeError(f"{self.name}.py has no {path}")
        return found

    def has(self, name: str) -> bool:
        """Does the module have this name?"""
        return hasattr(self._module, name)

    def member(self, enum: str, name: str) -> Any:
        """Find a member of an enum of theirs."""
        try:
            return self.named(enum)[name]
        except (KeyError, TypeError):
            raise AttributeError(f"{self.name}.py has no {enum}.{name}") from None

    def error_class(self, name: str) -> type[BaseException]:
        """Find the class of an error that a port raises.

        A built-in one, or one of theirs with that name; "ReadTimeout(TimeoutError)", which they do not have,
        is a new class on that base.
        """
        if name in ELSEWHERE:
            return ELSEWHERE[name]
        first, _, base = name.partition("(")
        if base and getattr(self._module, first, None) is None:
            return _made_on(first, self.error_class(base[:-1]))
        found = getattr(builtins, first, None) or self.named(first)
        if not (isinstance(found, type) and issubclass(found, BaseException)):
            raise AttributeError(f"{self.name}.py has no error {name}")
        return found


MADE_HERE = "service"
"""The module of classes of errors that a port raises and nobody else has."""
_made: dict[tuple[str, str], type[BaseException]] = {}


def _made_on(name: str, base: type[BaseException]) -> type[BaseException]:
    key = name, base.__name__
    if key not in _made:
        _made[key] = type(name, (base,), {"__module__": MADE_HERE})
    return _made[key]


@functools.cache
def losers() -> tuple[tuple[str, types.CodeType], ...]:
    """What of asyncio loses a cancel that comes in the turn in which what it waits for is there.

    wait_for up to 3.11 (cpython issue 86296), and TaskGroup up to 3.12 when that is a child's error.
    """
    found = []
    if sys.version_info < (3, 12):
        found.append(("wait_for", asyncio.wait_for.__code__))
    if sys.version_info < (3, 13):
        found.append(("TaskGroup", asyncio.TaskGroup.__aexit__.__code__))
    return tuple(found)


def _has_asyncgens(code: types.CodeType) -> bool:
    if code.co_flags & _ASYNC_GENERATOR:
        return True
    return any(_has_asyncgens(inner) for inner in code.co_consts if isinstance(inner, types.CodeType))
