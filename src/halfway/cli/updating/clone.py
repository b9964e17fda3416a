"""A course that was cloned: git brings what is newer."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from halfway import catalog
from halfway.catalog import UnitFiles
from halfway.cli.codes import Exit
from halfway.cli.problem import Problem
from halfway.cli.updating import Updated, Work
from halfway.interpreter import program

SECONDS_MAX = 600
NEWER = "@{upstream}"


def update(course: Path) -> Updated:
    """Merges what the clone's origin has. Raises Problem, with everything as it was, where that cannot be."""
    _need_upstream(course)
    _git(course, "fetch", "--quiet")
    if _is_in(course, NEWER, "HEAD"):
        return Updated(anything=False)
    units = catalog.units(course)
    works = [Work.in_(unit) for unit in _in_the_way(course, units)]
    newer: dict[str, bytes | None] = {}
    try:
        if works:
            _git(course, "checkout", "--quiet", "HEAD", "--", *[_name(work.unit) for work in works])
        _merge(course)
        newer = {_name(work.unit): _stub(course, work.unit) for work in works}
    finally:
        beside = [(work.unit.stub, work.put_back(newer.get(_name(work.unit)))) for work in works]
    before = {unit.slug for unit in units}
    added = tuple(unit.slug for unit in catalog.units(course) if unit.slug not in before)
    return Updated(added, tuple((stub, path) for stub, path in beside if path is not None))


def _need_upstream(course: Path) -> None:
    if not _ran(course, "rev-parse", "--verify", "--quiet", NEWER).stdout.strip():
        raise Problem(
            "This clone follows no other, so nobody knows where a newer course would come from.",
            str(course),
            "Next: `git branch --set-upstream-to=origin/main`, then `halfway update`.",
            Exit.NOTHING_TO_GRADE,
        )


def _in_the_way(course: Path, units: list[UnitFiles]) -> list[UnitFiles]:
    """Gives the units whose stub a learner has changed and the newer course as well, or has no longer."""
    base = _git(course, "merge-base", "HEAD", NEWER).strip()
    theirs = _names(course, base, NEWER)
    mine = _names(course, base) & theirs
    stubs = {_name(unit): unit for unit in units}
    others = sorted(mine - stubs.keys())
    if others:
        listed = " ".join(others)
        raise Problem(
            f"You have changed what the newer course changes as well: {', '.join(others)}.",
            "Nothing was updated.",
            f"Next: `git diff {base[:12]} -- {listed} > mine.patch` keeps your changes, "
            f"`git checkout {base[:12]} -- {listed}` takes them back, then `halfway update`.",
            Exit.NOTHING_TO_GRADE,
        )
    return [stubs[name] for name in sorted(mine) if stubs[name].stub.is_file()]


def _merge(course: Path) -> None:
    """Merges; where both changed one place of a stub, either will do: the learner's text is put back."""
    ahead = not _is_in(course, "HEAD", NEWER)
    done = _ran(
        course, "merge", "--quiet", *(("--no-edit", "-X", "ours") if ahead else ("--ff-only",)), NEWER
    )
    if done.returncode != 0:
        _ran(course, "merge", "--abort")
        raise _refused(done, "merge")


def _is_in(course: Path, older: str, newer: str) -> bool:
    return _ran(course, "merge-base", "--is-ancestor", older, newer).returncode == 0


def _stub(course: Path, unit: UnitFiles) -> bytes | None:
    """Gives the newer course's stub; None where that has the unit no longer."""
    return _ran(course, "show", f"{NEWER}:{_name(unit)}").stdout.encode() or None


def _names(course: Path, *between: str) -> set[str]:
    return set(filter(None, _git(course, "diff", "--name-only", "--no-renames", "-z", *between).split("\0")))


def _name(unit: UnitFiles) -> str:
    return unit.stub.relative_to(unit.course).as_posix()


def _git(course: Path, *words: str) -> str:
    done = _ran(course, *words)
    if done.returncode != 0:
        raise _refused(done, words[0])
    return done.stdout


def _refused(done: subprocess.CompletedProcess[str], what: str) -> Problem:
    said = (done.stderr or done.stdout).strip() or f"it ended with {done.returncode}"
    return Problem(
        f"git {what} did not work: {said}",
        "Nothing was updated, and your files are as they were.",
        "Next: see what `git status` says; then `halfway update` once more.",
        Exit.NOTHING_TO_GRADE,
    )


def _ran(course: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - git with arguments of our own
        [program("git") or "git", "-C", str(course), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=SECONDS_MAX,
        check=False,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"},
    )
