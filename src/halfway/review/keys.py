"""What a verdict depends on, as one word: while it is equal, nothing is graded again."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import halfway
from halfway import catalog
from halfway.review.judge import Trust

JUDGES = (
    "wire.py",
    "interpreter.py",
    "errors.py",
    "sim",
    "subject",
    "links",
    "kit",
    "catalog",
    "grading",
    "review/judge.py",
)
"""The parts of the course that have a say in a verdict."""

DIFFERENT: tuple[Callable[[str], str], ...] = (
    lambda trust: f"{'add' if trust == 'trusted' else 'leave out'} `--trust-submissions`",
    "use Python {}".format,
    "use a machine with {}".format,
    lambda _: "use the same copy of the course",
)
"""What to do where one part of a version differs, in the order of the parts."""


def course_version(trust: Trust, course: Path | None = None) -> str:
    """Names way of judging, Python, platform, suites and judge; equal versions give equal verdicts."""
    return _version(trust, course or catalog.root())


@cache
def _version(trust: Trust, course: Path) -> str:
    digest = hashlib.sha256()
    for name, path in sorted(_sources(course)):
        digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    python = ".".join(map(str, sys.version_info[:3]))
    return "-".join((trust, python, sys.platform, digest.hexdigest()[:16]))


def _sources(course: Path) -> Iterable[tuple[str, Path]]:
    """Gives each file with its name below the course or its package: copies elsewhere have the same."""
    own = Path(halfway.__file__).parent
    for name in JUDGES:
        for path in (own / name).rglob("*.py") if (own / name).is_dir() else [own / name]:
            yield path.relative_to(own).as_posix(), path
    for unit in catalog.units(course):
        for path in (unit.suite, unit.wrong_ideas):
            yield f"{unit.slug}/{path.name}", path


def content_key(version: str, unit: str, sha256: str) -> str:
    """Names one content for one unit, judged by one version: the id under which its verdict is kept."""
    judged = hashlib.sha256(version.encode()).hexdigest()[:16]
    return f"{judged}-{unit[:4]}-{hashlib.sha256(f'{unit} {sha256}'.encode()).hexdigest()[:32]}"


def described(version: str) -> str:
    """Gives a version in words."""
    match version.split("-"):
        case [trust, python, platform, course]:
            how = "without sandboxes" if trust == "trusted" else "in sandboxes"
            return f"{how}, Python {python} on {platform}, course {course}"
    return version


def to_be(wanted: str, own: str) -> str:
    """Says what to change in a command, so that it works as the wanted version and not as its own."""
    parts = list(zip(wanted.split("-"), own.split("-"), strict=False))
    if len(parts) != len(DIFFERENT):
        return "use the same copy of the course"
    return ", ".join(say(one) for say, (one, other) in zip(DIFFERENT, parts, strict=True) if one != other)
