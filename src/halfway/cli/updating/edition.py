"""A learners' edition without git: a newer one lies in a folder, or in a zip."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from halfway import catalog
from halfway.catalog import UnitFiles
from halfway.catalog.originals import original_stub
from halfway.cli.codes import Exit
from halfway.cli.pristine import learners_text
from halfway.cli.problem import Problem
from halfway.cli.updating import Updated, Work
from halfway.files import write_whole

WHOLE = ("src", "site")
"""Folders of ours alone: the newer one takes the place of the old one."""
LEFT = {".venv", ".halfway", ".git"}


def update(course: Path, newer: Path) -> Updated:
    """Copies what is newer. Raises Problem, with everything as it was, where `newer` is no edition."""
    with _opened(newer) as fresh:
        units = catalog.units(course)
        begun = {unit: original_stub(unit) for unit in units}
        works = [Work.in_(unit) for unit in units if learners_text(unit) not in ("", begun[unit])]
        stubs: dict[UnitFiles, bytes | None] = {}
        try:
            _copied(fresh, course)
            stubs = {work.unit: _newer_stub(work.unit, begun[work.unit]) for work in works}
        finally:
            beside = [(work.unit.stub, work.put_back(stubs.get(work.unit))) for work in works]
        before = {unit.slug for unit in units}
        added = tuple(unit.slug for unit in catalog.units(fresh) if unit.slug not in before)
    return Updated(added, tuple((stub, path) for stub, path in beside if path is not None))


def _newer_stub(unit: UnitFiles, begun: str | None) -> bytes | None:
    """Gives the stub that has come, if it is another than the one that the learner began with."""
    data = unit.stub.read_bytes()
    return None if begun is not None and data == begun.encode() else data


@contextmanager
def _opened(newer: Path) -> Iterator[Path]:
    with TemporaryDirectory() as unpacked:
        place = newer
        if newer.is_file():
            try:
                with zipfile.ZipFile(newer) as archive:
                    archive.extractall(unpacked)
            except (zipfile.BadZipFile, OSError) as error:
                raise _no_edition(newer, f"cannot be unpacked: {error}") from None
            place = Path(unpacked)
        inside = [place, *(folder for folder in place.iterdir() if folder.is_dir())] if place.is_dir() else []
        fresh = next((folder for folder in inside if catalog.is_edition(folder)), None)
        if fresh is None:
            raise _no_edition(newer, "holds no learners' edition")
        yield fresh


def _no_edition(newer: Path, why: str) -> Problem:
    return Problem(
        f"{newer} {why}.",
        "Nothing was updated.",
        "Next: name the folder or the zip of a newer edition: `halfway update ~/Downloads/halfway.zip`.",
        Exit.NOTHING_TO_GRADE,
    )


def _copied(fresh: Path, course: Path) -> None:
    for name in WHOLE:
        beside = course / f"{name}.new-{os.getpid()}"
        old = course / f"{name}.old-{os.getpid()}"
        shutil.copytree(fresh / name, beside)
        (course / name).rename(old)
        beside.rename(course / name)
        shutil.rmtree(old)
    for path in sorted(fresh.rglob("*")):
        place = path.relative_to(fresh)
        if path.is_file() and place.parts[0] not in LEFT.union(WHOLE):
            write_whole(course / place, path.read_bytes(), lasting=False)
