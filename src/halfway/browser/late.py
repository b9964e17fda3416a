"""What of the standard library comes after the first verdict: who asks for it too early is noticed."""

from __future__ import annotations

import importlib
import io
import json
import sys
import zipfile
import zipimport
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

STDLIB = "stdlib/"


class _Notice(MetaPathFinder):
    """Finds nothing, and remembers what was looked for that is on its way."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.missed: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        self.missed |= {fullname} & self.names
        return None


_notices: list[_Notice] = []


def expect(home: Path) -> None:
    """From now on imports of what has not come are noticed. `home` holds the list of it."""
    notice = _Notice(frozenset(json.loads((home / "late.json").read_text(encoding="utf-8"))))
    _notices.append(notice)
    sys.meta_path.append(notice)


def missed() -> str:
    """Gives the names of what was looked for and had not come, since somebody asked last; "" for nothing."""
    names = sorted(set().union(*(notice.missed for notice in _notices)))
    for notice in _notices:
        notice.missed.clear()
    return " ".join(names)


def arrive(archive: bytes, home: Path) -> None:
    """Puts the rest in its place: of the standard library in its archive, of packages beside the others."""
    library = next(place for place in sys.path if place.endswith(".zip"))
    with zipfile.ZipFile(io.BytesIO(archive)) as late, zipfile.ZipFile(library, "a") as into:
        for name in late.namelist():
            if name.startswith(STDLIB):
                into.writestr(zipfile.ZipInfo(name.removeprefix(STDLIB)), late.read(name))
            else:
                late.extract(name, home)
    zipimport._zip_directory_cache.pop(library, None)  # type: ignore[attr-defined]
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder not in _notices]
    _notices.clear()
