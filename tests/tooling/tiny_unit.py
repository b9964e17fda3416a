"""A tiny unit that keeps every law: tests break one thing in it and see what is found."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import tiny_unit_files as files

from halfway.catalog import UnitFiles, find
from halfway.prove import Finding, Prover

SLUG = "ex91_ring_once"
EXERCISE, SOLUTIONS = f"exercises/{SLUG}", f"solutions/{SLUG}"
STUB, TOML, HINTS = f"{EXERCISE}/ring.py", f"{EXERCISE}/exercise.toml", f"{EXERCISE}/hints.md"
EXAMPLES, BRIEF = f"{EXERCISE}/test_examples.py", f"{EXERCISE}/README.md"
SOLUTION, ALSO = f"{SOLUTIONS}/ring.py", f"{SOLUTIONS}/also/asks_three_times.py"
NOTES = f"{SOLUTIONS}/notes.md"
WRONG_IDEAS = f"{SOLUTIONS}/wrong_ideas.md"
KEY_PER_ATTEMPT, ONE_KEY = f"{WRONG_IDEAS}:3", f"{WRONG_IDEAS}:14"
"""Where the two wrong ideas are told."""
SUITE = f"tests/exercises/{SLUG}/test_ring_once.py"
FOLDER = "docs/concepts/9_tiny"
PAGE, PROGRAM = f"{FOLDER}/91_one_incident_is_one_ring.md", f"{FOLDER}/programs/91_rings.py"
PINS = "tests/pins/test_91_sqlite.py"
GOLDEN = f"tests/golden/{SLUG}.txt"

CONTENTS = {
    "mkdocs.yml": "site_name: tiny\n",
    STUB: files.STUB,
    TOML: files.TOML,
    HINTS: files.HINTS,
    EXAMPLES: files.EXAMPLES,
    BRIEF: files.BRIEF,
    SOLUTION: files.SOLUTION,
    ALSO: files.ALSO,
    NOTES: files.NOTES,
    WRONG_IDEAS: files.WRONG_IDEAS,
    SUITE: files.SUITE,
    PAGE: files.PAGE,
    PROGRAM: "print('rings')\n",
    PINS: files.PINS,
}


class Tiny:
    """The course of the tiny unit. What a test changes in it, `restore` takes back."""

    def __init__(self, course: Path) -> None:
        self.course = course
        for name, text in CONTENTS.items():
            self.write(name, text)
        with Prover(course, accept=True) as prover:
            prover.findings(self.unit, 12)
        self._lawful = self._files()
        self.prover = Prover(course)

    @property
    def unit(self) -> UnitFiles:
        """The unit, read anew."""
        return find(SLUG, self.course)

    def path(self, name: str) -> Path:
        """Gives a file of the course."""
        return self.course / name

    def write(self, name: str, text: str) -> None:
        """Writes a file, and the folders above it."""
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Puts `new` in the place of each `old` in a file, which holds it."""
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r}"
        self.write(name, text.replace(old, new))

    def append(self, name: str, text: str) -> None:
        """Adds to the end of a file."""
        self.write(name, self.path(name).read_text(encoding="utf-8") + text)

    def remove(self, name: str) -> None:
        """Takes away a file or a folder."""
        if self.path(name).is_dir():
            shutil.rmtree(self.path(name))
        else:
            self.path(name).unlink()

    def remove_mutant(self, name: str) -> None:
        """Takes a wrong idea out of its page."""
        page = self.path(WRONG_IDEAS).read_text(encoding="utf-8")
        section = re.compile(rf"^## {name}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
        self.write(WRONG_IDEAS, section.sub("", page))

    def findings(self, law: int) -> list[Finding]:
        """Gives what breaks one law."""
        return self.prover.findings(self.unit, law)

    def close(self) -> None:
        """Ends the warm processes."""
        self.prover.close()

    def restore(self) -> None:
        """Makes the course lawful again."""
        for path in self._files().keys() - self._lawful.keys():
            path.unlink()
        for path, text in self._lawful.items():
            if not path.is_file() or path.read_bytes() != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text)
        for folder in sorted(self.course.rglob("*"), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    def _files(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.course.rglob("*") if path.is_file()}
