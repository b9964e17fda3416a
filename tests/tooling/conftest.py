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
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    """One warm process for all tests, up and running; it grades in whatever course is the current one."""
    course = TinyCourse(tmp_path_factory.mktemp("warm"))
    with Grader() as warm, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HALFWAY_COURSE", str(course.root))
        warm.grade("91")
        patch.undo()
        yield warm
