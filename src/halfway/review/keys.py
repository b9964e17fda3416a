"""What a verdict depends on, as one word: while it is equal, nothing is graded again."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import halfway
from halfway import catalog
from halfway.review.judge import Trust

JUDGES = ("wire.py", "sim", "subject", "links", "kit", "catalog", "grading", "review/judge.py")
"""The parts of the course that have a say in a verdict."""


def course_version(trust: Trust, course: Path | None = None) -> str:
    """Names suites, judge, Python and way of judging; workers of equal versions give equal verdicts."""
    return _version(trust, course or catalog.root())


@cache
def _version(trust: Trust, course: Path) -> str:
    digest = hashlib.sha256(f"{trust} {sys.version_info[:3]} {sys.platform}".encode())
    for name, path in sorted(_sources(course)):
        digest.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def _sources(course: Path) -> Iterable[tuple[str, Path]]:
    """Gives each file with its name below the course or its package: copies elsewhere have the same."""
    own = Path(halfway.__file__).parent
    for name in JUDGES:
        for path in (own / name).rglob("*.py") if (own / name).is_dir() else [own / name]:
            yield path.relative_to(own).as_posix(), path
    for unit in catalog.units(course):
        for path in (unit.suite, *unit.mutants):
            yield f"{unit.slug}/{path.name}", path


def content_key(version: str, unit: str, sha256: str) -> str:
    """Names one content for one unit, judged by one version: the id under which its verdict is kept."""
    return f"{version}-{unit[:4]}-{hashlib.sha256(f'{unit} {sha256}'.encode()).hexdigest()[:32]}"
