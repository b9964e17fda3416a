"""The skeleton of a unit: a small whole one that keeps every law, with a mark at each place to fill."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template

from halfway import catalog
from halfway.cli.problem import Problem
from halfway.cli.skeleton.words import Words
from halfway.files import write_whole

TEMPLATES = {
    "brief.md": "exercises/$slug/README.md",
    "exercise.toml": "exercises/$slug/exercise.toml",
    "stub.py": "exercises/$slug/$module.py",
    "examples.py": "exercises/$slug/test_examples.py",
    "hints.md": "exercises/$slug/hints.md",
    "solution.py": "solutions/$slug/$module.py",
    "also.py": "solutions/$slug/also/$also.py",
    "wrong_ideas.md": "solutions/$slug/wrong_ideas.md",
    "notes.md": "solutions/$slug/notes.md",
    "suite.py": "tests/exercises/$slug/test_$name.py",
    "page.md": "docs/concepts/$folder/${number}_$name.md",
    "program.py": "docs/concepts/$folder/programs/${number}_rings_twice.py",
    "pin.py": "tests/pins/test_${number}_$name.py",
}
MODULE_INDEX = "module.md"


def make_unit(course: Path, slug: str, file: str | None = None, kind: str = "implement") -> list[Path]:
    """Writes the files of a new unit and gives their paths. Raises Problem for a slug or file that cannot be.

    kind: one of `halfway.catalog.KINDS`.

    Left behind when it is refused: nothing. No file is ever overwritten.
    """
    words = Words(kind, _facts(course, slug, file))
    index = Path("docs/concepts") / words["folder"] / "index.md"
    wanted = {course / Template(path).substitute(words): name for name, path in TEMPLATES.items()}
    if not (course / index).exists():
        wanted[course / index] = MODULE_INDEX
    there = [path for path in wanted if path.exists()]
    if there:
        raise Problem(
            f"A file of {slug} is there already, and nothing is overwritten.",
            "\n".join(path.relative_to(course).as_posix() for path in there),
            "Next: take it away, or choose another slug.",
        )
    for path, name in wanted.items():
        write_whole(path, words.filled(name))
    return list(wanted)


def _facts(course: Path, slug: str, file: str | None) -> dict[str, str]:
    """Gives what the templates say of this unit."""
    if not catalog.SLUG.fullmatch(slug):
        raise Problem(
            f"{slug!r} is no slug of a unit.",
            "A slug is `ex`, the digits of module and place, `_`, and words in small letters.",
            "Next: for example `halfway new ex35_retry_budget`.",
        )
    taken = [unit.slug for unit in catalog.units(course) if unit.slug[:4] == slug[:4]]
    if taken:
        raise Problem(
            f"The number {slug[2:4]} is taken by {taken[0]}.",
            "Numbers are permanent.",
            "Next: choose another place.",
        )
    name = slug[5:]
    module = (file or name).removesuffix(".py")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", module) or keyword.iskeyword(module):
        raise Problem(
            f"{file!r} cannot be imported by its name.",
            "A file name is small letters, digits and `_`, and begins with a letter.",
            "Next: for example `--file publish.py`.",
        )
    return {
        "slug": slug,
        "name": name,
        "number": slug[2:4],
        "module": module,
        "folder": _module_folder(course, slug[2]),
        "digit": slug[2],
        "title": name.replace("_", " ").capitalize(),
    }


def _module_folder(course: Path, digit: str) -> str:
    """Gives the folder of the module's pages: the one that is there, or a new one."""
    there = sorted(catalog.concepts_folder(course).glob(f"{digit}_*"))
    return there[0].name if there else f"{digit}_module"
