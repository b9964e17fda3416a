"""Imports from the standard library where nobody can ask for the state of a file.

Python's own way looks at when a folder was changed, and in a sandbox there is no such time. The names in a
folder are enough to find a module: its bytecode, or its source. Modules in machine code are imported before a
sandbox is entered, for none can be loaded afterwards.

Standard library only: it runs in the process from which a submission's processes are forked.
"""

import importlib
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec, SourceFileLoader, SourcelessFileLoader
from importlib.util import cache_from_source, spec_from_file_location
from types import ModuleType

_NOT_FOR_SUBMISSIONS = (
    "_curses",
    "_test",
    "_tkinter",
    "_ctypes_test",
    "_xx",
    "xx",
    "nis",
    "ossaudiodev",
    "readline",
)
_NOT_LIBRARIES = ("dist-packages", "idlelib", "site-packages", "test", "tests", "tkinter", "turtledemo")


class Libraries(MetaPathFinder):
    """Finds what lay in a folder when this was made, by its name alone. It comes after every other finder."""

    def __init__(self) -> None:
        self._names: dict[str, frozenset[str]] = {}
        for path in sys.path:
            for folder, inside, files in os.walk(path):
                inside[:] = [name for name in inside if name not in _NOT_LIBRARIES]
                self._names[folder] = frozenset((*inside, *files))

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Gives where the module is, or None."""
        name = fullname.rpartition(".")[2]
        for folder in sys.path if path is None else path:
            names = self._names.get(folder, ())
            if f"{name}.py" in names:
                return self._spec(fullname, os.path.join(folder, f"{name}.py"), None)
            inside = os.path.join(folder, name)
            if name in names and "__init__.py" in self._names.get(inside, ()):
                return self._spec(fullname, os.path.join(inside, "__init__.py"), [inside])
        return None

    def _spec(self, fullname: str, path: str, inside: list[str] | None) -> ModuleSpec | None:
        folder, compiled = os.path.split(cache_from_source(path))
        loader = SourcelessFileLoader if compiled in self._names.get(folder, ()) else SourceFileLoader
        place = os.path.join(folder, compiled) if loader is SourcelessFileLoader else path
        return spec_from_file_location(
            fullname, path, loader=loader(fullname, place), submodule_search_locations=inside
        )


def import_machine_code() -> None:
    """Imports every module of the standard library that is written in machine code."""
    for folder in sys.path:
        with suppress(OSError):
            for file in sorted(os.listdir(folder)):
                name = file.partition(".")[0]
                if file.endswith(tuple(EXTENSION_SUFFIXES)) and not name.startswith(_NOT_FOR_SUBMISSIONS):
                    with suppress(ImportError), warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        importlib.import_module(name)
