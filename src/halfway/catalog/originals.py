"""The stub as its author wrote it, however much a learner has changed it since.

In a git clone the history knows the stub. A commit that touches the stub *and* the solution is an author's,
for law 3 holds their signatures and docstrings equal; a learner's own commits touch the stub alone.
In a folder without history, a copy is kept the first time that Halfway sees the unit.
A learners' edition brings every stub along.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from halfway.catalog import UnitFiles
from halfway.catalog.edition import hidden, is_edition
from halfway.interpreter import program

GIT_SECONDS_MAX = 20


def original_stub(unit: UnitFiles) -> str | None:
    """Gives the text of the untouched stub; None where nothing remembers it."""
    if is_edition(unit.course):
        return UnitFiles(unit.slug, hidden(unit.course)).stub.read_text(encoding="utf-8")
    kept = kept_copy(unit)
    text = _from_git(unit) if in_git(unit) else None
    if text is None and kept.is_file():
        text = kept.read_text(encoding="utf-8")
    return text


def contract_of(unit: UnitFiles) -> str | None:
    """Gives a file that has the given names, signatures and types of the untouched stub; None where none is.

    A learner's own file is the stub once more, so it is not asked. The solution is: law 3 holds both equal.
    """
    within = UnitFiles(unit.slug, hidden(unit.course)).stub if is_edition(unit.course) else unit.solution
    for path in (within, kept_copy(unit)):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return None


def in_git(unit: UnitFiles) -> bool:
    """Says whether the course folder is a git clone, and git is on this machine."""
    return (unit.course / ".git").exists() and program("git") is not None


def kept_copy(unit: UnitFiles) -> Path:
    """Gives where a copy of the stub is kept, in a folder without history."""
    return unit.course / ".halfway" / "stubs" / unit.slug / unit.file


def fingerprint(course: Path) -> list[bytes | str]:
    """Gives what changes whenever an original may have changed: where git's branches stand, read as files."""
    git = course / ".git"
    if not git.is_dir():
        stubs = sorted((course / ".halfway" / "stubs").rglob("*.py"))
        return [part for stub in stubs for part in (stub.name, stub.read_bytes())]
    head = (git / "HEAD").read_text(encoding="utf-8").strip()
    tips = [git / head.removeprefix("ref: "), git / "packed-refs"]
    return [head, *(tip.read_bytes() for tip in tips if tip.is_file())]


def _from_git(unit: UnitFiles) -> str | None:
    stub = unit.stub.relative_to(unit.course).as_posix()
    touched = _git(unit, "log", "--format=%H", "--", stub).split()
    if not touched:
        return None
    solution = unit.solution.relative_to(unit.course).as_posix()
    authors = set(_git(unit, "log", "--format=%H", "--", solution).split())
    commit = next((commit for commit in touched if commit in authors), touched[-1])
    return _git(unit, "show", f"{commit}:./{stub}") or None


def _git(unit: UnitFiles, *args: str) -> str:
    run = subprocess.run(  # noqa: S603 - git with arguments of our own
        [program("git") or "git", "-C", str(unit.course), *args],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=GIT_SECONDS_MAX,
        check=False,
    )
    return run.stdout if run.returncode == 0 else ""
