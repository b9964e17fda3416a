"""Verdicts from sandboxes: equal to those without, and nothing but the declared file is ever looked at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from whole_machine import confined_grader

from halfway import catalog
from halfway.grading import ConfinementError, Grader, Verdict, grade_confined
from halfway.grading.limits import Limits
from halfway.links import bubblewrap

PATIENT = Limits(seconds=40.0)


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Grader, Grader]]:
    """A grader without sandboxes, and one with."""
    with Grader(limits=PATIENT) as direct, confined_grader(limits=PATIENT) as confined:
        yield direct, confined


def _judged(verdict: Verdict) -> Verdict:
    return replace(verdict, seconds=0.0, seeds=(), unusual=())


def test_the_secret_is_kept_in_the_verdict_and_changes_nothing(both):
    """Names and order come from a secret of each run: it stands in the verdict, and decides nothing."""
    unit = catalog.find("51")
    first, second = (both[1].grade(unit.slug, unit.mutants[0], secret=secret) for secret in ("one", "two"))
    assert (first.seeds, second.seeds) == (("one",), ("two",))
    assert _judged(first) == _judged(second)


def test_links_lead_nowhere(both, tmp_path: Path):
    """A link to the solution, a folder that is one, and a pipe that nobody writes to count as no file."""
    unit = catalog.find("41")
    link, folder, pipe = (tmp_path / name / unit.slug for name in ("link", "folder", "pipe"))
    link.mkdir(parents=True)
    (link / unit.file).symlink_to(unit.solution)
    folder.parent.mkdir()
    folder.symlink_to(unit.solution.parent)
    pipe.mkdir(parents=True)
    os.mkfifo(pipe / unit.file)
    for submission in (link.parent, folder.parent, pipe.parent, link / unit.file):
        verdict = both[1].grade(unit.slug, submission)
        assert {result.status for result in verdict.promises} == {"not_reached"}
        assert verdict.promises[0].saw == "keys.py is not there"


@pytest.mark.parametrize(
    "name", ["conftest.py", "pytest.ini", "sitecustomize.py", "asyncio.py", "test_keys.py"]
)
def test_what_is_handed_in_beside_the_file_is_not_looked_at(both, tmp_path: Path, name: str):
    """Settings, plugins and shadows of the standard library have no effect."""
    unit = catalog.find("41")
    wrong = next(path for path in unit.mutants if path.stem == "key_per_attempt")
    shutil.copy(wrong, tmp_path / unit.file)
    skips = "[pytest]\naddopts = --collect-only\n" if name.endswith(".ini") else "raise SystemExit(0)\n"
    (tmp_path / name).write_text(skips)
    verdict = both[1].grade(unit.slug, tmp_path)
    assert {result.status for result in verdict.promises} == {"kept", "broken"}
    assert verdict.misconception is not None
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([unit.file, name])


def test_without_bubblewrap_it_refuses_and_says_what_to_type(monkeypatch: pytest.MonkeyPatch):
    """Where no sandbox can be made nothing is graded: the message names the package and the way round."""
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    with pytest.raises(ConfinementError, match=r"apt-get install bubblewrap.*--trust-submissions"):
        grade_confined("41", catalog.find("41").solution)


def test_whoever_trusts_a_submission_needs_no_sandbox(monkeypatch: pytest.MonkeyPatch):
    """The explicit way round runs it as the learner's own machine does."""
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    unit = catalog.find("41")
    verdict = grade_confined("41", unit.solution, trust=True, limits=PATIENT)
    assert verdict.passed
    assert verdict.seeds == ()
