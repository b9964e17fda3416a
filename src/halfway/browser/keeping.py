"""Leaves the interpreter as it was: what one submission has done to it does not reach the next one."""

from __future__ import annotations

import builtins
import linecache
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any


@contextmanager
def kept_as_it_was(course: Path) -> Iterator[None]:
    """Afterwards modules of the course are gone, and names of the standard library mean what they meant."""
    names, path, environment, folder = _names(), sys.path[:], dict(os.environ), Path.cwd()
    known = set(sys.modules)
    own, meant = vars(builtins), dict(vars(builtins))
    try:
        yield
    finally:
        own.update(meant)  # first, and with nothing that could have been taken away: what follows needs it
        for module, before in names:
            _restore(module, before)
        sys.path[:] = path
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        os.chdir(folder)
        _purge(set(sys.modules) - known, course)


def _names() -> list[tuple[ModuleType, dict[str, Any]]]:
    """Gives what each name in each loaded module of the standard library stands for."""
    standard = sys.stdlib_module_names
    modules = [sys.modules[name] for name in list(sys.modules) if name.partition(".")[0] in standard]
    return [(module, dict(vars(module))) for module in (builtins, *modules)]


def _restore(module: ModuleType, before: dict[str, Any]) -> None:
    now = vars(module)
    if len(now) == len(before) and all(now.get(name) is value for name, value in before.items()):
        return
    for name in now.keys() - before.keys():
        if not isinstance(now[name], ModuleType):  # a submodule that was imported stays imported
            del now[name]
    now.update(before)


def _purge(added: set[str], course: Path) -> None:
    below = f"{course}{os.sep}"
    for name in added:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if str(file).startswith((below, "<")) or getattr(sys.modules[name], "__spec__", None) is None:
            del sys.modules[name]
    for name in [name for name in linecache.cache if name.startswith((below, "<"))]:
        linecache.cache.pop(name, None)
    sys.path_importer_cache.clear()
