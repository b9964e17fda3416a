"""What a verdict depends on, as one word: while it is equal, nothing is graded again."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import halfway
from halfway import catalog
from halfway.catalog import UnitFiles
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
    """Names way of judging, Python, platform, judge and every unit; equal versions give equal verdicts.

    A worker takes what was queued by its own version, and so it has the suite that is meant.
    """
    course = course or catalog.root()
    parts = [_judge(), *(f"{unit.slug} {unit_digest(unit)}" for unit in catalog.units(course))]
    return _named(trust, _digest(parts))


def judge_version(trust: Trust) -> str:
    """Names the same without the units: what has a say in the verdict on any of them."""
    return _named(trust, _judge())


def _named(trust: Trust, digest: str) -> str:
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{trust}-{python}-{sys.platform}-{digest}"


def unit_digest(unit: UnitFiles) -> str:
    """Names what of one unit decides a verdict: suite, given files, its file's name, words of wrong ideas.

    Of a wrong idea a learner is told the words, and never the program; nobody is told anything of the stub.
    """
    given = [part for file in unit.given_sources().items() for part in file]
    return _digest([unit.file, unit.suite.read_bytes(), catalog.words_of(unit.wrong_ideas), *given])


@cache
def _judge() -> str:
    own = Path(halfway.__file__).parent
    files = sorted(path for name in JUDGES for path in _below(own / name))
    named = ((path.relative_to(own).as_posix(), path.read_bytes()) for path in files)
    return _digest(part for one in named for part in one)


def _below(path: Path) -> Iterable[Path]:
    return path.rglob("*.py") if path.is_dir() else [path]


def _digest(parts: Iterable[str | bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(f"{len(data)} ".encode() + data)
    return digest.hexdigest()[:16]


def content_key(judge: str, digest: str, unit: str, sha256: str) -> str:
    """Names one content for one unit of this digest, judged by one judge: its verdict is kept under this id.

    Another unit, or the edit of a wrong idea, changes nothing in it: the verdicts on a class stay.
    """
    content = hashlib.sha256(f"{unit} {sha256}".encode()).hexdigest()[:32]
    return f"{_digest([judge, digest])}-{unit[:4]}-{content}"


def content_of(key: str) -> str:
    """Gives the part of a key that says which content of which unit it is, whoever judges it."""
    return key.partition("-")[2]


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
