"""The stub as its author wrote it, however much a learner has changed it since.

In a git clone the history knows the stub. A commit that touches the stub *and* the solution is an author's,
for law 3 holds their signatures and docstrings equal; a learner's own commits touch the stub alone.
In a folder without history, a copy is kept the first time that Halfway sees the unit.
"""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from halfway.catalog import UnitFiles
from halfway.cli.codes import Exit
from halfway.cli.files import notes_folder, write_whole
from halfway.cli.problem import Problem

GIT_SECONDS_MAX = 20


def stub_text(unit: UnitFiles) -> str:
    """Gives the text of the untouched stub. Raises Problem where nothing remembers it."""
    kept = _kept_copy(unit)
    text = _from_git(unit) if in_git(unit) else None
    if text is None and kept.is_file():
        text = kept.read_text(encoding="utf-8")
    if text is None:
        raise Problem(
            f"Nothing remembers how {unit.shown(unit.stub)} looked at first.",
            "It is not in git's history, and no copy of it was kept.",
            "Next: take the file from a fresh copy of the course.",
            Exit.NOTHING_TO_GRADE,
        )
    return text


def keep_copies(units: list[UnitFiles]) -> None:
    """Keeps a copy of each stub that is seen for the first time, where git does not remember it."""
    missing = [unit for unit in units if unit.stub.is_file() and not _kept_copy(unit).exists()]
    if not missing or in_git(missing[0]):
        return
    for unit in missing:
        with suppress(OSError):  # a folder that cannot be written is told when something is noted
            write_whole(_kept_copy(unit), unit.stub.read_text(encoding="utf-8"))


def in_git(unit: UnitFiles) -> bool:
    """Says whether the course folder is a git clone, and git is on this machine."""
    return (unit.course / ".git").exists() and shutil.which("git") is not None


def _kept_copy(unit: UnitFiles) -> Path:
    return notes_folder(unit.course) / "stubs" / unit.slug / unit.file


def _from_git(unit: UnitFiles) -> str | None:
    stub = unit.stub.relative_to(unit.course).as_posix()
    touched = _git(unit, "log", "--format=%H", "--", stub).split()
    if not touched:
        return None
    solution = unit.solution.relative_to(unit.course).as_posix()
    authors = set(_git(unit, "log", "--format=%H", "--", solution).split())
    commit = next((commit for commit in touched if commit in authors), touched[-1])
    return _git(unit, "show", f"{commit}:./{stub}")


def _git(unit: UnitFiles, *args: str) -> str:
    run = subprocess.run(  # noqa: S603 - git with arguments of our own
        ["git", "-C", str(unit.course), *args],  # noqa: S607 - the learner's git, wherever it is
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=GIT_SECONDS_MAX,
        check=False,
    )
    return run.stdout if run.returncode == 0 else ""
