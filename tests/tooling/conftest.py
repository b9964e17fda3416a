"""What tests of the tools share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_course import TinyCourse

from halfway.grading import Grader


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyCourse:
    """A course of one small unit, and the current folder in it."""
    course = TinyCourse(tmp_path / "course")
    monkeypatch.chdir(course.root)
    monkeypatch.delenv("HALFWAY_COURSE", raising=False)
    return course


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    """One warm process for all tests; it grades in whatever course is the current one."""
    with Grader() as warm:
        yield warm
