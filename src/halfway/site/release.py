"""Writes the learners' edition: exercises, pages with their labs, the grader; the rest out of sight."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import halfway
from halfway import catalog
from halfway.catalog import UnitFiles, edition
from halfway.catalog.originals import original_stub
from halfway.site.build import MARK, BuildReport, build
from halfway.site.published import DRAFTS, published

SITE = "site"
AS_THEY_ARE = ("course.py", "pyproject.toml", "constraints.txt", "LICENSE", "LICENSE-docs")
OF_A_UNIT = ("README.md", "exercise.toml", "hints.md", "test_examples.py")
# An author's and an instructor's, and what the pages have packed already.
LEFT_OUT = ("browser", "cli/skeleton", "prove", "review")
SOURCES = {".css", ".json", ".py", ".tcss", ".typed"}
README = Path(__file__).with_name("edition_readme.md.txt")
IGNORED = ".venv/\n.halfway/\n__pycache__/\n*.egg-info/\n*.before-*\n*.new-stub-*\n"
Progress = Callable[[str], None]


class NotReleasedError(Exception):
    """Why there is no edition: what is in the way, or missing."""


def release(out: Path, course: Path, progress: Progress = print) -> BuildReport:
    """Leaves a whole edition in the folder `out`, or nothing.

    Raises NotReleasedError if there is something in `out`, or if the pages have no lab.
    Raises SiteError if a page is wrong.
    """
    out, course = out.resolve(), course.resolve()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise NotReleasedError(f"{out} is not empty, and nothing is ever overwritten")
    fresh = out.with_name(f"{out.name}.new-{os.getpid()}")
    fresh.mkdir(parents=True)
    try:
        report = _filled(fresh, course, progress)
        if out.exists():
            out.rmdir()
        fresh.replace(out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return report


def _filled(fresh: Path, course: Path, progress: Progress) -> BuildReport:
    os.environ.pop(DRAFTS, None)  # whatever an author looks at, learners get what is whole
    report = build(fresh / SITE, course=course, progress=progress)
    if report.note:
        raise NotReleasedError(report.note.rstrip("."))
    (fresh / SITE / MARK).unlink()
    for name in AS_THEY_ARE:
        shutil.copyfile(course / name, fresh / name)
    (fresh / ".gitignore").write_text(IGNORED, encoding="utf-8")
    (fresh / "README.md").write_text(README.read_text(encoding="utf-8"), encoding="utf-8")
    _copy_grader(fresh / "src" / "halfway")
    units = published(course)
    for unit in units:
        for name, data in _readable(unit):
            target = fresh / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    edition.write(fresh, (file for unit in units for file in _out_of_sight(unit)))
    return report


def _copy_grader(into: Path) -> None:
    home = Path(halfway.__file__).parent
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if path.suffix in SOURCES and not name.startswith(tuple(f"{folder}/" for folder in LEFT_OUT)):
            target = into / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _stub(unit: UnitFiles) -> tuple[str, bytes]:
    text = original_stub(unit) or unit.stub.read_text(encoding="utf-8")
    return f"exercises/{unit.slug}/{unit.file}", text.encode()


def _readable(unit: UnitFiles) -> Iterator[tuple[str, bytes]]:
    yield _stub(unit)
    for name in OF_A_UNIT:
        yield f"exercises/{unit.slug}/{name}", (unit.folder / name).read_bytes()
    for name in unit.given:
        yield f"exercises/{unit.slug}/{name}", unit.given_copy(name).read_bytes()
    for program in sorted(unit.concept.parent.glob(f"programs/{unit.number}_*.py")):
        yield unit.shown(program), program.read_bytes()


def _out_of_sight(unit: UnitFiles) -> Iterator[tuple[str, bytes]]:
    """Gives what a verdict and `halfway solution` read: of a wrong program, its words alone."""
    yield _stub(unit)
    yield unit.shown(unit.folder / "exercise.toml"), (unit.folder / "exercise.toml").read_bytes()
    for path in (unit.suite, unit.solution, *map(unit.given_copy, unit.given)):
        yield unit.shown(path), path.read_bytes()
    yield unit.shown(unit.wrong_ideas), catalog.words_of(unit.wrong_ideas)
