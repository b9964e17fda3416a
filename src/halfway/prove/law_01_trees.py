"""Law 1: the three trees hold the same slugs and nothing else; every unit's page exists and links back."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from halfway import catalog
from halfway.prove.case import Case, Findings, listed
from halfway.prove.report import COURSE, Finding

PAGE_BACK = re.compile(r"^<!-- card -->$|\]\([^)]*exercises/{slug}", re.MULTILINE)
NOT_LOOKED_AT = ("__pycache__",)
KEPT = (".py.before-", ".py.new-stub-")
SOLUTION_FILES = ("notes.md", "wrong_ideas.md")
SOLUTION_FOLDERS = ("also",)


def law_1_trees(case: Case) -> Findings:
    """The unit has a folder in each tree, no file without a place, a page that leads back, known needs.

    Where files are given beside the learner's, the judge has the same beside the suite.
    """
    unit = case.unit
    for tree, slugs in catalog.trees(unit.course).items():
        if unit.slug not in slugs:
            yield case.found(1, f"{tree}/{unit.slug}", "This tree has no folder of the unit.", "make it")
    yield from _files(case)
    yield from _page(case)
    yield from _needs(case)


def law_1_course(course: Path) -> Findings:
    """No folder, transcript or numbered page belongs to no unit, and no number is taken twice."""
    every = catalog.units(course)
    known = {unit.slug for unit in every}
    for tree, slugs in catalog.trees(course).items():
        for name in sorted(slugs - known):
            yield Finding(COURSE, 1, f"{tree}/{name}", "This folder belongs to no unit.", _rename(tree))
    yield from _transcripts(course, known)
    numbers: dict[int, str] = {}
    for unit in every:
        first = numbers.setdefault(unit.number, unit.slug)
        if first != unit.slug:
            what = f"The number {unit.number} is taken by `{first}`."
            yield Finding(COURSE, 1, f"exercises/{unit.slug}", what, "give one of them a free number")
    pages = {unit.concept for unit in every}
    for page in sorted(catalog.concepts_folder(course).glob("*/[0-9][0-9]_*.md")):
        if page not in pages:
            where = page.relative_to(course).as_posix()
            what = "No exercise.toml names this page as its concept."
            yield Finding(COURSE, 1, where, what, "write its unit, or take the page away")


def _transcripts(course: Path, known: set[str]) -> Findings:
    folder = course / "tests" / "golden"
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix != ".txt" or path.stem not in known:
            where = path.relative_to(course).as_posix()
            yield Finding(COURSE, 1, where, "This transcript belongs to no unit.", "take it away")


def _rename(tree: str) -> str:
    if tree == "exercises":
        return "name it ex, two digits, _ and words in small letters, or take it away"
    return "`halfway new` makes a unit in all three trees; or take the folder away"


def _files(case: Case) -> Findings:
    unit = case.unit
    for path in (
        unit.stub,
        unit.brief,
        unit.examples,
        unit.hints_file,
        unit.solution,
        unit.notes,
        unit.wrong_ideas,
    ):
        if path.parent.is_dir() and not path.is_file():
            yield case.found(1, path, "A file of the unit is missing.", "write it")
    exercise = {"README.md", "exercise.toml", "hints.md", "test_examples.py", unit.file, *unit.given}
    yield from _others(case, unit.folder, exercise, ())
    yield from _others(case, unit.solutions, {*SOLUTION_FILES, unit.file}, SOLUTION_FOLDERS)
    for folder in SOLUTION_FOLDERS:
        modules = {path.name for path in (unit.solutions / folder).glob("*.py")}
        yield from _others(case, unit.solutions / folder, modules, ())
    suites = {path.name for path in _suite_folder(case).glob("test_*.py")}
    if _suite_folder(case).is_dir() and len(suites) != 1:
        what = f"A unit has one hidden suite, and this one has {len(suites)}."
        yield case.found(1, _suite_folder(case), what, "keep one test_*.py")
    yield from _others(case, _suite_folder(case), suites, ("given",) if unit.given else ())
    yield from _given(case)


def _given(case: Case) -> Findings:
    """A given file stands beside the stub and, the same, beside the suite; no library has its name."""
    unit = case.unit
    yield from _others(case, _suite_folder(case) / "given", set(unit.given), ())
    for name in unit.given:
        beside, own = unit.folder / name, unit.given_copy(name)
        if not (beside.is_file() and own.is_file() and beside.read_bytes() == own.read_bytes()):
            what = "A given file is not what the judge has of it."
            yield case.found(1, beside, what, f"have the same in {unit.shown(own)}")
        if Path(name).stem in sys.stdlib_module_names or Path(name).suffix != ".py":
            yield case.found(
                1, beside, "Its name is no free name of a module.", "give it another one, with .py"
            )


def _suite_folder(case: Case) -> Path:
    return catalog.suites_folder(case.unit.course) / case.unit.slug


def _others(case: Case, folder: Path, files: set[str], folders: tuple[str, ...]) -> Findings:
    """What is in a folder, and has no place there."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        known = folders if path.is_dir() else files
        if path.name not in known and not _is_not_looked_at(path.name):
            what = "This is no part of a unit."
            yield case.found(1, path, what, "take it away, or put it where a unit has a place for it")


def _is_not_looked_at(name: str) -> bool:
    """What Python and editors leave, and what `halfway reset` keeps of a learner's work."""
    return name in NOT_LOOKED_AT or name.startswith(".") or any(kept in name for kept in KEPT)


def _page(case: Case) -> Findings:
    unit = case.unit
    if not unit.concept.is_file():
        yield case.found(1, unit.concept, "The concept page is missing.", "write it")
        return
    if not unit.concept.name.startswith(f"{unit.number}_"):
        what = f"The page of unit {unit.number} has another number in its name."
        yield case.found(1, unit.concept, what, f"name it {unit.number}_...md")
    others = [u.slug for u in catalog.units(unit.course) if u.slug != unit.slug and u.concept == unit.concept]
    if others:
        what = f"The page is also the concept of {listed(others)}."
        yield case.found(1, unit.folder / "exercise.toml", what, "one page for each unit: name its own")
    back = re.compile(PAGE_BACK.pattern.replace("{slug}", unit.slug), re.MULTILINE)
    if not back.search(unit.concept.read_text(encoding="utf-8")):
        what = "The page does not lead back to its exercise."
        yield case.found(1, unit.concept, what, "write `<!-- card -->` below `## Exercise`")


def _needs(case: Case) -> Findings:
    unit = case.unit
    numbers = {other.slug: other.number for other in catalog.units(unit.course)}
    for slug in unit.needs:
        if slug not in numbers:
            what = f"It needs `{slug}`, and there is no such unit."
        elif numbers[slug] >= unit.number:
            what = f"It needs `{slug}`, which does not come before it."
        else:
            continue
        yield case.found(1, unit.folder / "exercise.toml", what, "name units that come before, or none")
