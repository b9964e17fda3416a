"""Where a unit's files are, and what they say before anything of them runs.

The slug of a unit (`ex41_dedup_key`) is the only key. Everything here is read with `tomllib`, `ast` and
regular expressions; no line of a unit is executed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from halfway.catalog.edition import hidden, is_edition
from halfway.catalog.place import mark_with_our_own, root
from halfway.catalog.reading import (
    HINT,
    BadUnit,
    CatalogError,
    Hint,
    NoCourse,
    NoMutant,
    NoUnit,
    promises_in,
    source_of,
)
from halfway.catalog.wrong_ideas import Mutant, read_mutants, words_of

__all__ = [
    "KINDS",
    "SLUG",
    "BadUnit",
    "CatalogError",
    "Hint",
    "Mutant",
    "NoCourse",
    "NoMutant",
    "NoUnit",
    "UnitFiles",
    "concepts_folder",
    "exercises_folder",
    "find",
    "is_edition",
    "mark_with_our_own",
    "promises_in",
    "read_mutants",
    "root",
    "solutions_folder",
    "suites_folder",
    "trees",
    "units",
    "words_of",
    "write_out",
]

SLUG = re.compile(r"ex(\d)(\d)_[a-z0-9_]+\Z")
KINDS = ("predict", "implement", "repair", "refactor", "write-the-test")


def exercises_folder(course: Path | None = None) -> Path:
    """Gives the folder of what a learner works on."""
    return (course or root()) / "exercises"


def solutions_folder(course: Path | None = None) -> Path:
    """Gives the folder of references, other right answers and wrong ideas."""
    return hidden(course or root()) / "solutions"


def suites_folder(course: Path | None = None) -> Path:
    """Gives the folder of the hidden suites."""
    return hidden(course or root()) / "tests" / "exercises"


def concepts_folder(course: Path | None = None) -> Path:
    """Gives the folder of the concept pages."""
    return (course or root()) / "docs" / "concepts"


def _folders(tree: Path) -> Iterator[str]:
    if tree.is_dir():
        yield from sorted(f.name for f in tree.iterdir() if f.is_dir() and f.name[0] not in "._")


def trees(course: Path | None = None) -> dict[str, set[str]]:
    """Gives the names of all folders in the three trees, units or not, for the law that compares them."""
    course = course or root()
    found = {
        "exercises": exercises_folder(course),
        "solutions": solutions_folder(course),
        "tests/exercises": suites_folder(course),
    }
    return {name: set(_folders(tree)) for name, tree in found.items()}


@dataclass(frozen=True)
class UnitFiles:
    """One unit of the course at `course`; an attribute is a path, or is read when it is asked for."""

    slug: str
    course: Path

    @property
    def number(self) -> int:
        """The place in the course: 41 is the first unit of module 4."""
        return int(self.slug[2:4])

    @property
    def module(self) -> int:
        """The number of the module."""
        return int(self.slug[2])

    @property
    def folder(self) -> Path:
        """The folder that a learner works in."""
        return exercises_folder(self.course) / self.slug

    @cached_property
    def _facts(self) -> dict[str, Any]:
        import tomllib

        path = self.folder / "exercise.toml"
        try:
            return tomllib.loads(source_of(path))
        except tomllib.TOMLDecodeError as e:
            raise BadUnit("`exercise.toml` is not TOML.", f"{path}: {e}", "Next: repair that line.") from None

    def _fact(self, key: str, kind: type, missing: object = None) -> Any:
        value = self._facts.get(key, missing)
        if type(value) is not kind:
            raise BadUnit(
                f"`{key}` in `exercise.toml` has to be there, and to be of type `{kind.__name__}`.",
                str(self.folder / "exercise.toml"),
                f"Next: write the line `{key} = ...`.",
            )
        return value

    @property
    def kind(self) -> str:
        """One of predict, implement, repair, refactor, write-the-test."""
        kind = str(self._fact("kind", str))
        if kind not in KINDS:
            raise BadUnit(
                f"`kind` is {kind!r}, and a unit is one of: {', '.join(KINDS)}.",
                str(self.folder / "exercise.toml"),
                "Next: write one of these.",
            )
        return kind

    @property
    def minutes(self) -> int:
        """How long a learner is likely to need."""
        return int(self._fact("minutes", int))

    @property
    def needs(self) -> list[str]:
        """The slugs of the units that come before."""
        return [str(slug) for slug in self._fact("needs", list)]

    @property
    def capstone(self) -> str:
        """The stage of the capstone that this unit prepares, or "" for none."""
        return str(self._fact("capstone", str, ""))

    @property
    def draft(self) -> bool:
        """Is it still being written? Then it is on no page and in no edition."""
        return bool(self._fact("draft", bool, missing=False))

    @property
    def file(self) -> str:
        """The name of the learner's file."""
        return str(self._fact("file", str))

    @property
    def stub(self) -> Path:
        """The file that a learner edits."""
        return self.folder / self.file

    @property
    def given(self) -> list[str]:
        """The files beside a learner's one that it imports, and that are not theirs to change."""
        return [str(name) for name in self._fact("given", list, [])]

    def given_copy(self, name: str) -> Path:
        """The judge's own copy of a given file, beside the suite."""
        return suites_folder(self.course) / self.slug / "given" / name

    def given_sources(self) -> dict[str, str]:
        """Gives the text of each given file by the name of its module, whatever a learner has made of it."""
        return {Path(name).stem: source_of(self.given_copy(name)) for name in self.given}

    @property
    def brief(self) -> Path:
        """What a learner is asked to do."""
        return self.folder / "README.md"

    @property
    def examples(self) -> Path:
        """The tests that a learner reads."""
        return self.folder / "test_examples.py"

    @property
    def hints_file(self) -> Path:
        """The three hints, as one file."""
        return self.folder / "hints.md"

    @property
    def solutions(self) -> Path:
        """The folder of the reference; where answers are not handed out, it is not there."""
        return solutions_folder(self.course) / self.slug

    @property
    def solution(self) -> Path:
        """The reference."""
        return self.solutions / self.file

    @property
    def also(self) -> list[Path]:
        """Right answers of another shape."""
        return sorted((self.solutions / "also").glob("*.py"))

    @property
    def wrong_ideas(self) -> Path:
        """The page of the wrong ideas."""
        return self.solutions / "wrong_ideas.md"

    @property
    def mutants(self) -> list[Mutant]:
        """The wrong ideas, in the order of their page; none where answers are not handed out."""
        return read_mutants(self.wrong_ideas) if self.wrong_ideas.is_file() else []

    def mutant(self, name: str) -> Mutant:
        """Gives one wrong idea. Raises NoMutant if none has this name."""
        known = {mutant.name: mutant for mutant in self.mutants}
        if name in known:
            return known[name]
        raise NoMutant(
            f"No wrong idea of {self.slug} is named {name!r}.",
            f"Near to it: {', '.join(near)}" if (near := _near(name, list(known))) else "",
            f"Next: `halfway wrong {self.number}` shows every one.",
        )

    def program(self, mutant: Mutant) -> str:
        """Gives the whole program of a wrong idea. Raises BadUnit if its edit does not fit the reference."""
        return mutant.program(source_of(self.solution))

    @property
    def notes(self) -> Path:
        """What an instructor asks in review."""
        return self.solutions / "notes.md"

    @property
    def concept(self) -> Path:
        """The concept page."""
        return concepts_folder(self.course) / str(self._fact("concept", str))

    @property
    def programs(self) -> list[Path]:
        """The failing programs of the concept page."""
        return sorted((self.concept.parent / "programs").glob(f"{self.number}_*.py"))

    @property
    def suite(self) -> Path:
        """The hidden suite: the one `test_*.py` in its folder."""
        folder = suites_folder(self.course) / self.slug
        found = sorted(folder.glob("test_*.py"))
        if len(found) == 1:
            return found[0]
        raise BadUnit(
            f"A unit has one hidden suite, and {self.slug} has {len(found)}.",
            f"{folder}{os.sep}test_*.py",
            "Next: `halfway prove` names what is missing in the course.",
        )

    @property
    def title(self) -> str:
        """The H1 of the brief."""
        match = re.search(r"^# +(.+?) *$", source_of(self.brief), re.MULTILINE)
        if match is None:
            raise BadUnit(
                "A brief begins with a title.", str(self.brief), "Next: write its first line: `# ...`."
            )
        return match[1]

    @property
    def steps(self) -> list[Hint]:
        """The hints with their numbers and titles."""
        parts = HINT.split(source_of(self.hints_file))[1:]
        return [Hint(int(n), title, text.strip()) for n, title, text in zip(*[iter(parts)] * 3, strict=True)]

    def hints(self) -> list[str]:
        """Gives the hints in order, each with its title as a Markdown heading."""
        return [f"## {hint.number} {hint.title}\n\n{hint.text}" for hint in self.steps]

    def promises(self) -> list[tuple[str, str]]:
        """Gives (id, text) of each promise of the hidden suite, in file order."""
        return promises_in(self.suite)

    def shown(self, path: Path) -> str:
        """Gives a path as a reader sees it: relative to the course, or its name alone."""
        path = path.resolve()
        for folder in (self.course.resolve(), hidden(self.course)):
            if path.is_relative_to(folder):
                return path.relative_to(folder).as_posix()
        return path.name


def units(course: Path | None = None) -> list[UnitFiles]:
    """Gives every unit in the order of the course."""
    course = course or root()
    return [UnitFiles(slug, course) for slug in _folders(exercises_folder(course)) if SLUG.match(slug)]


def write_out(unit: UnitFiles, mutant: Mutant, folder: Path) -> Path:
    """Writes the whole program of a wrong idea below a folder, in which it has a place as in the course."""
    path = folder / "solutions" / unit.slug / "mutants" / f"{mutant.name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(unit.program(mutant), encoding="utf-8", newline="\n")
    return path


def _slug_in_path(text: str, course: Path) -> str | None:
    path = Path(text).expanduser()
    path = path.resolve() if path.exists() else (course / text).resolve()
    if not path.exists():
        return None
    for part in reversed(path.parts):
        if SLUG.match(part):
            return part
    page = re.match(r"(\d\d)_.+\.(md|py)\Z", path.name)
    return f"ex{page[1]}" if page else None


def _matches(name: str, every: list[UnitFiles]) -> list[UnitFiles]:
    exact = [u for u in every if name in (u.slug, u.slug[:4], u.slug[2:4])]
    return exact or [u for u in every if u.slug.startswith(name) or u.slug[5:].startswith(name)]


def find(text: str, course: Path | None = None) -> UnitFiles:
    """Finds the unit that `text` names: "41", "ex41", the slug or its beginning, or a path inside a unit."""
    course = course or root()
    every = units(course)
    found = _matches(text, every) if text else []
    if not found and (slug := _slug_in_path(text, course)):
        found = _matches(slug, every)
    if len(found) == 1:
        return found[0]
    if found:
        raise NoUnit(
            f"{text!r} names {len(found)} units.",
            "They are: " + ", ".join(u.slug for u in found),
            "Next: write the number of one, for example " + repr(found[0].slug[2:4]) + ".",
        )
    near = _near(text, [unit.slug for unit in every])
    raise NoUnit(
        f"No unit is named {text!r}.",
        f"Near to it: {', '.join(near)}" if near else "",
        "Next: `halfway list` shows every unit.",
    )


def _near(text: str, names: list[str]) -> list[str]:
    import difflib  # a cold start seldom needs it

    return difflib.get_close_matches(text, names, 3, 0.4)
