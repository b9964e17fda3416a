"""The files that are given beside a learner's one: modules that it imports by name, as new as its process."""

import linecache
import sys
import types
from collections.abc import Mapping

from halfway.subject.renewal import Spaces
from halfway.subject.run import importing


def keep_lines(filename: str, source: str) -> None:
    """Let a traceback, and inspect, find the lines of a file that is in no folder."""
    linecache.cache[filename] = len(source), None, source.splitlines(keepends=True), filename


class GivenFiles:
    """Modules by name, the judge's own text of each; a later one may import those before it.

    Raises SyntaxError when one of them does not compile: that is the course's fault.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = dict(sources)
        self.codes = {
            name: compile(source, f"<{name}.py>", "exec", dont_inherit=True)
            for name, source in self.sources.items()
        }
        self._modules: dict[str, types.ModuleType] = {}
        self._spaces: list[Spaces | None] = []
        self._before: dict[str, types.ModuleType | None] = {}
        for name, source in self.sources.items():
            keep_lines(f"<{name}.py>", source)

    def are_as_they_were(self) -> bool:
        """Has no process bound anything anew in them, or tied anything to what they hold?"""
        if len(self._spaces) != len(self.sources):
            return False
        return all(spaces is not None and spaces.are_as_they_were() for spaces in self._spaces)

    def stand(self) -> None:
        """From now on their names mean them, whoever imports."""
        for name, module in self._modules.items():
            found = sys.modules.get(name)
            if found is not module:
                self._before.setdefault(name, None if _is_given(found, name) else found)
                sys.modules[name] = module

    def begin(self) -> None:
        """A new process: execute them again, if a process before it could have changed one."""
        if not self.are_as_they_were():
            self._spaces.clear()
            for name, code in self.codes.items():
                module = self._modules[name] = types.ModuleType(name)
                module.__file__ = f"<{name}.py>"
                self.stand()
                with importing():
                    exec(code, module.__dict__)  # noqa: S102 - the course's own
                self._spaces.append(Spaces.of(module))
        self.stand()

    def module(self, name: str) -> types.ModuleType | None:
        """Find one of them."""
        return self._modules.get(name)

    def forget(self) -> None:
        """Leave nothing of them behind in the interpreter; what had such a name before has it again."""
        for name, before in self._before.items():
            found = sys.modules.get(name)
            if found is None or _is_given(found, name):
                sys.modules.pop(name, None)
                if before is not None:
                    sys.modules[name] = before
        self._before.clear()
        for name in self.sources:
            linecache.cache.pop(f"<{name}.py>", None)


def _is_given(module: types.ModuleType | None, name: str) -> bool:
    """Is this one of ours, perhaps of the same program with threads, or of a process before?"""
    return getattr(module, "__file__", None) == f"<{name}.py>"
