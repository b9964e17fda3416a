"""What Python finds in a page: `halfway`, the packages below it, and the units, as files in one archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackagePath, distribution
from pathlib import Path, PurePosixPath

import halfway
from halfway import catalog
from halfway.catalog import originals
from halfway.site.published import published

OURS = (
    "browser",
    "catalog",
    "errors.py",
    "grading",
    "interpreter.py",
    "kit",
    "links",
    "render",
    "sim",
    "subject",
    "wire.py",
    "__init__.py",
)
THEIRS = ("pytest", "pluggy", "iniconfig", "packaging", "pygments", "freezegun", "python-dateutil", "six")
# Of pygments, what pytest imports and no lexer beside.
PYGMENTS = {
    "lexers": {"__init__", "_mapping", "python", "diff"},
    "formatters": {"__init__", "_mapping", "terminal"},
    "styles": {"__init__", "_mapping", "default"},
}
WINDOWS = {"dateutil/tz/win.py"}
UNREAD = {".pyi", ".pyc", ".gz", ".typed", ".exe"}
EPOCH = (1980, 1, 1, 0, 0, 0)
COURSE = "course"
PACKAGES = "packages"

File = tuple[str, bytes]


def files(course: Path) -> list[File]:
    """Gives name and content of every file of the archive, in a fixed order."""
    found = [*_own(), *(file for name in THEIRS for file in _of_package(name))]
    for unit in published(course):
        found += _of_unit(unit)
    return sorted((*found, (f"{COURSE}/mkdocs.yml", b"")))


def archive(of: list[File]) -> bytes:
    """Gives the files as one zip, uncompressed inside: whoever sends it packs it as a whole."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as into:
        for name, data in of:
            into.writestr(zipfile.ZipInfo(name, EPOCH), data)
    return out.getvalue()


def _own() -> Iterator[File]:
    home = Path(halfway.__file__).parent
    for name in OURS:
        top = home / name
        for file in [top] if top.is_file() else sorted(top.rglob("*")):
            if file.is_file() and file.suffix in {".py", ".json"}:
                yield f"{PACKAGES}/halfway/{file.relative_to(home).as_posix()}", file.read_bytes()


def _of_package(name: str) -> Iterator[File]:
    """Gives what a page needs of an installed package, with its licence."""
    for path in distribution(name).files or ():
        if _is_wanted(path):
            yield f"{PACKAGES}/{path.as_posix()}", path.locate().read_bytes()  # type: ignore[attr-defined]


def _is_wanted(path: PackagePath) -> bool:
    parts = PurePosixPath(path).parts
    if ".." in parts or path.suffix in UNREAD or "__pycache__" in parts or path.as_posix() in WINDOWS:
        return False
    if parts[0].endswith((".dist-info", ".egg-info")):
        return path.name == "METADATA" or "licen" in path.as_posix().lower()
    if parts[0] == "pygments" and len(parts) == 3 and parts[1] in PYGMENTS:
        return path.stem in PYGMENTS[parts[1]]
    return path.suffix == ".py"


def _of_unit(unit: catalog.UnitFiles) -> Iterator[File]:
    """Gives what the grader reads of a unit: of a mutant, its words; of a solution, nothing.

    The stub is there as the contract that a learner's file is compared with.
    """
    given = map(unit.given_copy, unit.given)
    for path in (unit.folder / "exercise.toml", unit.examples, unit.suite, *given):
        yield f"{COURSE}/{unit.shown(path)}", path.read_bytes()
    stub = originals.original_stub(unit) or unit.stub.read_text(encoding="utf-8")
    yield f"{COURSE}/{unit.shown(originals.kept_copy(unit))}", stub.encode()
    yield f"{COURSE}/{unit.shown(unit.wrong_ideas)}", catalog.words_of(unit.wrong_ideas)
