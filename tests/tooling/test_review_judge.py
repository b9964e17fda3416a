"""One file in, one verdict out: what is asked a second time, and what stands."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from review_book import verdict
from tiny_course import SLUG, TinyCourse

from halfway import catalog
from halfway.grading import Verdict
from halfway.links.guard import Limits
from halfway.review import judge as judge_module
from halfway.review.judge import WarmJudge, fault_of, judged
from halfway.review.keys import content_key, course_version, unit_digest
from halfway.review.queue import NoDatabaseError
from halfway.review.run import Asked, Review

FILE = Path("ring.py")


class Grader:
    """Gives the verdicts that it was made with, one after the other, and notes what it was asked."""

    verdicts: Iterator[Verdict]
    asked: list[float]
    closed: list[object]

    def __init__(self, *, confined: bool) -> None:
        assert confined

    def grade(self, unit: str, file: Path, *, limits: Limits | None = None) -> Verdict:
        self.asked.append((limits or Limits()).seconds)
        return next(self.verdicts)

    def close(self) -> None:
        self.closed.append(self)


@pytest.fixture
def grader(monkeypatch: pytest.MonkeyPatch) -> type[Grader]:
    Grader.asked, Grader.closed = [], []
    monkeypatch.setattr(judge_module, "Grader", Grader)
    return Grader


def on_a_machine(monkeypatch: pytest.MonkeyPatch, load: float, processors: int = 2) -> None:
    monkeypatch.setattr(judge_module.os, "getloadavg", lambda: (load, load, load))
    monkeypatch.setattr(judge_module.os, "cpu_count", lambda: processors)


def test_time_that_ran_out_on_a_busy_machine_is_given_again(
    tiny: TinyCourse, grader: type[Grader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With six tasks for each processor, sixty seconds in place of five; a quiet machine asks once."""
    late, kept = verdict(tiny, ("out_of_time", "not_reached")), verdict(tiny, ("kept",))
    grader.verdicts = iter([late, kept, late, late, late])
    on_a_machine(monkeypatch, load=12.0)
    judge = WarmJudge("confined")
    assert judge(SLUG, FILE) == kept
    assert grader.asked == [5.0, 60.0]
    assert judge(SLUG, FILE) == late
    assert grader.asked == [5.0, 60.0, 5.0, 60.0]
    on_a_machine(monkeypatch, load=2.5)
    assert judge(SLUG, FILE) == late
    assert grader.asked[4:] == [5.0]


def test_a_fault_of_the_checker_is_asked_again_once(
    tiny: TinyCourse, grader: type[Grader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new grader takes the place of one that failed; if that fails too, the fault is told."""
    failed = verdict(tiny, ("checker_fault",), fault="no sandbox")
    kept = verdict(tiny, ("kept",))
    grader.verdicts = iter([failed, kept, failed, replace(failed, fault="still none")])
    on_a_machine(monkeypatch, load=0.0)
    judge = WarmJudge("confined")
    assert judge(SLUG, FILE) == kept
    assert len(grader.closed) == 1
    assert fault_of(judge(SLUG, FILE)) == "still none"


def test_a_judge_that_breaks_is_a_fault_of_the_checker(tiny: TinyCourse) -> None:
    """Whatever it raises, every promise of the unit is in the verdict, and none is held against a learner."""

    def broken(unit: str, file: Path) -> Verdict:
        assert file.read_bytes() == b"x = 1"
        raise OSError("no room")

    told = judged(SLUG, "ring.py", b"x = 1", broken)
    assert told.fault == "OSError: no room"
    assert {promise.status for promise in told.promises} == {"checker_fault"}


def test_equal_copies_of_a_course_have_one_version(tmp_path: Path) -> None:
    """Workers on other machines have the course in other places; one changed suite is another version."""
    one = TinyCourse(tmp_path / "a" / "course")
    shutil.copytree(one.root, tmp_path / "z")
    versions = {course_version("confined", root) for root in (one.root, tmp_path / "z")}
    assert len(versions) == 1
    assert course_version("trusted", one.root) not in versions
    other = TinyCourse(tmp_path / "other")
    other.suite.write_text(other.suite.read_text() + "\n")
    assert course_version("confined", other.root) not in versions


def test_a_verdict_depends_on_its_own_unit(tmp_path: Path) -> None:
    """Another unit, the edit of a wrong idea and a changed stub leave a key; what is told does not."""
    course = TinyCourse(tmp_path / "course")
    unit = catalog.find(SLUG, course.root)

    def key(sha256: str = "0", judge: str = "v") -> str:
        return content_key(judge, unit_digest(unit), SLUG, sha256)

    first, version = key(), course_version("confined", course.root)
    assert len({first, key("1"), key(judge="w")}) == 3
    page = unit.wrong_ideas.read_text(encoding="utf-8")
    unit.wrong_ideas.write_text(page.replace('+    return "ring"', '+    return "rung"'), encoding="utf-8")
    unit.stub.write_text("# mine\n", encoding="utf-8")
    for tree in ("exercises", "solutions", "tests/exercises"):
        shutil.copytree(course.root / tree / SLUG, course.root / tree / "ex92_ring_twice")
    assert key() == first
    assert course_version("confined", course.root) != version
    unit.wrong_ideas.write_text(page.replace("a new request", "another request"), encoding="utf-8")
    words = key()
    unit.suite.write_text(unit.suite.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert len({first, words, key()}) == 3


def test_a_database_that_is_away_for_a_moment_is_asked_again(tiny: TinyCourse, tmp_path: Path) -> None:
    """While a queue is filled and while it is read: what is in the way is told, and then it goes on."""
    (tmp_path / "class").mkdir()
    review = Review(Asked(tmp_path / "class", tmp_path / "out", "trusted"))
    review._wait.set()
    tries, told = iter([NoDatabaseError("away", "url: it is down", "wait")] * 2), list[str]()

    def work() -> str:
        if error := next(tries, None):
            raise error
        return "done"

    assert review._patiently(work, told.append) == "done"
    assert told == ["waiting for the database: it is down"] * 2
