"""A class begun with another version of the course: workers and reviews say which, and what to type."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cli_course import read_until
from review_school import SECONDS_MAX, TRUST, School

from halfway.review import queue
from halfway.review.keys import course_version, described, to_be
from halfway.review.run import Asked, Review

OURS = "confined-3.11.2-linux-0123456789abcdef"


def changed(suite: Path) -> None:
    """Makes another version: one line more in one suite."""
    suite.write_text(suite.read_text() + "\n")


@pytest.mark.parametrize(
    ("theirs", "typed"),
    [
        ("trusted-3.11.2-linux-0123456789abcdef", "add `--trust-submissions`"),
        ("confined-3.12.1-linux-0123456789abcdef", "use Python 3.12.1"),
        ("confined-3.11.2-darwin-0123456789abcdef", "use a machine with darwin"),
        ("confined-3.11.2-linux-fedcba9876543210", "use the same copy of the course"),
        ("trusted-3.12.1-linux-0123456789abcdef", "add `--trust-submissions`, use Python 3.12.1"),
        ("an older shape", "use the same copy of the course"),
    ],
)
def test_what_differs_is_what_to_type(theirs: str, typed: str) -> None:
    """Trust, Python, platform and course are told apart, and each has its own advice."""
    assert to_be(theirs, OURS) == typed


def test_a_version_has_words(tmp_path: Path) -> None:
    """How it judges, with which Python, where, and which course."""
    assert described(OURS) == "in sandboxes, Python 3.11.2 on linux, course 0123456789abcdef"
    assert described("stand-in") == "stand-in"
    trusted = course_version("trusted", School(tmp_path).course.root)
    assert described(trusted).startswith("without sandboxes, Python 3.")
    assert to_be(OURS, trusted).startswith("leave out `--trust-submissions`")


@pytest.mark.slow
def test_a_worker_of_another_version_says_what_it_waits_for(tmp_path: Path) -> None:
    """Which version has queued the class, which one the worker has, and what to type; the class goes on."""
    school, other = School(tmp_path, learners=2), tmp_path / "another"
    shutil.copytree(school.course.root, other)
    changed(other / school.course.suite.relative_to(school.course.root))
    worker = ("review-worker", "--out", str(school.out), TRUST)
    versions = [described(course_version("trusted", root)) for root in (school.course.root, other)]
    with school.begin(*school.words("--workers", "0")) as run:
        assert versions[0] in read_until(run, "waiting for workers: ")
        with school.begin(*worker, HALFWAY_COURSE=str(other)) as stranger:
            said = read_until(stranger, "Next: ")
            with school.begin(*worker) as helping:
                read_until(run, "The report: ")
                assert run.wait(SECONDS_MAX) == 0
                helping.terminate()
            stranger.terminate()
    assert "what waits was queued by another version of the course" in said
    assert f"It was queued by: {versions[0]}\n" in said
    assert f"This worker has:  {versions[1]}\n" in said
    assert "Ctrl-C; use the same copy of the course; type the same again." in said


@pytest.mark.slow
def test_a_review_whose_own_workers_are_of_another_version_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suite may change while a review runs: nobody takes what is queued, and that is said."""
    school = School(tmp_path, learners=1)
    monkeypatch.setenv("HALFWAY_COURSE", str(school.course.root))
    review = Review(Asked(school.handed_in, school.out, "trusted"))
    changed(school.course.suite)

    class Heard(Exception):
        """Ends the review at the first trouble."""

    def hear(done: int, total: int, trouble: str) -> None:
        if trouble:
            raise Heard(trouble)

    with pytest.raises(Heard, match=r"^waiting for workers: without sandboxes.*workers\.log$"):
        review.run(hear)
    assert "queued by another version of the course" in (school.out / ".review" / "workers.log").read_text()


@pytest.mark.slow
def test_a_review_says_that_a_class_was_begun_with_another_version(tmp_path: Path) -> None:
    """Beforehand and with --status: what is graded again, and how to keep what there is. Once is enough."""
    school = School(tmp_path, learners=2)
    told = "This class was begun with another version of the course"
    first = school.type(*school.words())
    assert first.returncode == 0, first.stderr
    assert told not in first.stderr
    before = described(course_version("trusted", school.course.root))
    untouched = school.course.suite.read_text()
    changed(school.course.suite)
    for more in ("--status",), ():
        said = school.type(*school.words(*more))
        assert said.returncode == 0, said.stderr
        assert (
            f"{told}: it has graded 2 of the 2 contents that wait.\nIt was begun with: {before}"
            in said.stderr
        )
        assert "Ctrl-C; use the same copy of the course; type the same again." in said.stderr
    assert told not in school.type(*school.words()).stderr
    school.course.suite.write_text(untouched)
    back = school.type(*school.words())
    assert "2 of 2 graded" in back.stderr.splitlines()
    assert told not in back.stderr


def test_an_old_sqlite_under_a_new_python_is_told_before_work_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not fit, and three ways round; no queue is made."""
    monkeypatch.setattr(queue.sys, "version_info", (3, 13, 0))
    monkeypatch.setattr(queue.sqlite3, "sqlite_version_info", (3, 40, 1))
    with pytest.raises(
        queue.NoDatabaseError, match=r"takes 3\.42\.0.*\n.*\nNext: .*3\.11.*--database-url"
    ) as no:
        queue.Database.at(tmp_path / "queue", None).prepare()
    assert "Python (3.13)" in no.value.what
    assert not (tmp_path / "queue").exists()


@pytest.mark.slow
def test_a_change_elsewhere_keeps_the_verdicts(tmp_path: Path) -> None:
    """A new unit, or a wrong idea that is made in another way, has nothing of a class graded again."""
    school = School(tmp_path, learners=2)
    assert school.type(*school.words()).returncode == 0
    course, slug = school.course.root, school.course.slug
    for tree in ("exercises", "solutions", "tests/exercises"):
        shutil.copytree(course / tree / slug, course / tree / "ex92_ring_twice")
    page = school.course.solutions / "wrong_ideas.md"
    page.write_text(page.read_text().replace('+    return "ring"', '+    return "rung"'))
    again = school.type(*school.words("--workers", "0"))
    assert again.returncode == 0, again.stderr
    assert "2 of 2 graded" in again.stderr.splitlines()
    assert "another version" not in again.stderr


@pytest.mark.slow
def test_what_another_version_has_left_waiting_is_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for workers that never come again is taken over, where the same suite judges it."""
    school = School(tmp_path, learners=2)
    monkeypatch.setenv("HALFWAY_COURSE", str(school.course.root))
    review = Review(Asked(school.handed_in, school.out, "trusted"))
    database = review.asked.database
    database.prepare()
    theirs = queue.Queue(database, "trusted-3.11.2-linux-0123456789abcdef")
    for key, handed in review._contents.items():
        theirs.put(key, handed)
    theirs.close()
    run = school.type(*school.words())
    assert run.returncode == 0, run.stderr
    assert "2 of 2 graded" in run.stderr.splitlines()
