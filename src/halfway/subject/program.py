"""A learner's file as a program: compiled once, executed as a new process would execute it."""

import asyncio
import builtins
import functools
import importlib
import linecache
import re
import sys
import types
from collections.abc import Mapping
from typing import Any

from halfway.subject import stepping
from halfway.subject.given import GivenFiles, keep_lines
from halfway.subject.handed import ELSEWHERE
from halfway.subject.identities import Identities, asks
from halfway.subject.loop import VirtualLoop
from halfway.subject.modelled import names_of_a_program
from halfway.subject.renewal import Spaces
from halfway.subject.run import importing
from halfway.subject.twins import with_twins

_ASYNC_GENERATOR = 0x200
_NO_SUCH = object()
CALLERS_FILE = "<callers.py>"
"""What the code of a suite's own goes by in a traceback."""
_CHANCE = re.compile(r"\brandom\b")
_THREADS = re.compile(r"\b(_thread|threading|futures|multiprocessing)\b")


class Program:
    """A learner's source. `fresh()` gives its module as a new process would see it.

    `given` is the text of the files that stand beside it, by the names under which it imports them.
    Raises SyntaxError (and, for strange sources, ValueError, RecursionError or MemoryError) when it does not
    compile.
    """

    def __init__(self, source: str, name: str, given: Mapping[str, str] | None = None) -> None:
        self.name, self.source, self.given = name, source, GivenFiles(given or {})
        self.known_as = name
        """Its `__name__`: on another machine it may lie in a package."""
        self.filename = self.file = f"<{name}.py>"
        self.code = compile(source, self.filename, "exec", dont_inherit=True)
        self.port_classes: dict[str, Any] = {}
        self.may_lose_cancels = any(name in source for name, _ in losers())
        self.uses_chance = _CHANCE.search(source) is not None
        self.makes_threads = _THREADS.search(source) is not None
        self._identities = Identities() if asks(source) else None
        self._has_asyncgens = any(map(_has_asyncgens, (self.code, *self.given.codes.values())))
        self._module: types.ModuleType | None = None
        self._spaces: Spaces | None = None
        self._loop: VirtualLoop | None = None
        self._names: dict[str, Any] = {}
        self._callers: dict[str, tuple[types.ModuleType, Spaces | None]] = {}
        self._in_threads: InThreads | None = None
        keep_lines(self.filename, source)

    def fresh(self) -> types.ModuleType:
        """Give a new module.

        It is executed again only if it could have changed: a module that holds nothing but constants,
        functions and classes, none of them bound anew, is as good as new, and a hundred times cheaper.
        """
        if self._identities is not None:
            self._identities.begin()
        if self._is_as_new() and self._module is not None:
            self.given.stand()
            return self._module
        module = types.ModuleType(self.known_as)
        module.__file__ = self.file
        sys.modules[self.known_as] = module
        self._module = self._spaces = None
        self._names = {}
        self.given.begin()
        self._execute(module)
        self._module, self._spaces, self._names = module, Spaces.of(module), module.__dict__
        return module

    @property
    def modules(self) -> tuple[str, ...]:
        """The names of its module, and of those that are given beside it."""
        return self.known_as, *self.given.sources

    def _is_as_new(self) -> bool:
        if self._spaces is None or not self._spaces.are_as_they_were():
            return False
        return self.given.are_as_they_were()

    def _execute(self, module: types.ModuleType) -> None:
        names = self._built_in()
        if names:
            module.__dict__["__builtins__"] = {**vars(builtins), **names}
        with importing():
            exec(self.code, module.__dict__)  # noqa: S102 - running the learner's file is what this is for

    def _built_in(self) -> dict[str, Any]:
        """Those of its built-in names that are not Python's own."""
        return {} if self._identities is None else {"id": self._identities.function()}

    def in_threads(self) -> "InThreads":
        """Give the same program with threads that we schedule."""
        if self._in_threads is None:
            self._in_threads = InThreads(self.source, self.name, self.given.sources)
            self._in_threads.file = self.file
            self._in_threads.port_classes = self.port_classes
        return self._in_threads

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
            if self.known_as != self.name:
                module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
            exec(compile(source, CALLERS_FILE, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - ours
            self._callers[source] = module, Spaces.of(module)
        return module

    def _import(self, name: str, *how: Any) -> Any:
        """As a caller imports: it knows the program by its own name, in whichever package it lies."""
        return self._module if name == self.name else builtins.__import__(name, *how)

    def forget(self) -> None:
        """Leave nothing of this program behind in the interpreter."""
        if self._module is not None and sys.modules.get(self.known_as) is self._module:
            del sys.modules[self.known_as]
        linecache.cache.pop(self.filename, None)
        self.given.forget()
        if self._in_threads is not None:
            self._in_threads.forget()
            self._in_threads = None
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    def named(self, path: str) -> Any:
        """Find `publish`, `Left.PART`, a given file's `system.Poll` or a built-in class.

        Raises AttributeError, with the learner's file in its text, when there is no such name.
        """
        found = self._names.get(path)
        if found is not None:
            return found
        first, *rest = path.split(".")
        found = getattr(self._module, first, None)
        if found is None:
            found = self.given.module(first) or getattr(builtins, first, None)
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

    def items(self) -> list[tuple[str, Any]]:
        """The names of the module, in the order in which it has them, and what they stand for."""
        return list(vars(self._module).items())

    def member(self, enum: str, name: str) -> Any:
        """Find a member of an enum of theirs."""
        try:
            return self.named(enum)[name]
        except (KeyError, TypeError):
            raise AttributeError(f"{self.name}.py has no {enum}.{name}") from None

    def error_class(self, name: str) -> type[BaseException]:
        """Find the class of an error that a port raises.

        A built-in one, or one of theirs with that name; "sqlite3.OperationalError" is the library's;
        "ReadTimeout(TimeoutError)", which they do not have, is a new class on that base.
        """
        if name in ELSEWHERE:
            return ELSEWHERE[name]
        if name.startswith("sqlite3."):  # It is asked for where a database is: nobody else pays for it.
            sqlite_error: type[BaseException] = getattr(importlib.import_module("sqlite3"), name[8:])
            return sqlite_error
        first, _, base = name.partition("(")
        if base and getattr(self._module, first, None) is None:
            return _made_on(first, self.error_class(base[:-1]))
        found = getattr(builtins, first, None) or self.named(first)
        if not (isinstance(found, type) and issubclass(found, BaseException)):
            raise AttributeError(f"{self.name}.py has no error {name}")
        return found


class InThreads(Program):
    """A learner's program whose functions take steps, and whose locks and queues are modelled."""

    def __init__(self, source: str, name: str, given: Mapping[str, str] | None = None) -> None:
        super().__init__(source, name, given)
        self.code = compile(with_twins(source, self.filename), self.filename, "exec", dont_inherit=True)
        self._twins: stepping.Twins = {}
        self.makes_threads = False

    def fresh(self) -> types.ModuleType:
        """Give a new module, and know the twins of its functions."""
        stepping.restore(self._twins)
        return super().fresh()

    def in_threads(self) -> "InThreads":
        """It is that already."""
        return self

    def _built_in(self) -> dict[str, Any]:
        return names_of_a_program() | super()._built_in()

    def _execute(self, module: types.ModuleType) -> None:
        stepping.restore({})
        super()._execute(module)
        self._twins = stepping.taken()


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
