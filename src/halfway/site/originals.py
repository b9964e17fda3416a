"""The stub of a unit as its author wrote it: a page shows that, however far the learner's file has come."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from halfway.catalog import UnitFiles

GIT_LIMIT_S = 20.0


def stub_text(unit: UnitFiles) -> str:
    """Gives the stub of the last commit that touched the solution, else the kept copy, else the file itself.

    Authors commit stub and solution together, learners commit the stub alone.
    """
    kept = unit.course / ".halfway" / "stubs" / unit.slug / unit.file
    if _has_history(unit.course):
        commit = _git(unit.course, "log", "-1", "--format=%H", "--", str(unit.solution)).strip()
        stub = unit.stub.relative_to(unit.course).as_posix()
        committed = _git(unit.course, "show", f"{commit}:./{stub}") if commit else ""
        if committed:
            return committed
    return (kept if kept.is_file() else unit.stub).read_text(encoding="utf-8")


def fingerprint(course: Path) -> list[bytes | str]:
    """Gives what changes whenever an original may have changed: where git's branches stand, read as files."""
    git = course / ".git"
    if not git.is_dir():
        stubs = sorted((course / ".halfway" / "stubs").rglob("*.py"))
        return [part for stub in stubs for part in (stub.name, stub.read_bytes())]
    head = (git / "HEAD").read_text(encoding="utf-8").strip()
    tips = [git / head.removeprefix("ref: "), git / "packed-refs"]
    return [head, *(tip.read_bytes() for tip in tips if tip.is_file())]


def _has_history(course: Path) -> bool:
    return (course / ".git").exists() and shutil.which("git") is not None


def _git(course: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(course), *arguments],  # noqa: S607 - the learner's git, wherever it is
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=GIT_LIMIT_S,
        check=False,
    )
    return done.stdout if done.returncode == 0 else ""
