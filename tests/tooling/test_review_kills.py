"""kill -9 at any moment, of the coordinator and of workers: each submission ends with exactly one verdict."""

from __future__ import annotations

import json
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import review_kills
from cli_course import read_until
from postgres_server import MISSING, Postgres, postgres, programs
from review_school import TRUST, School
from tiny_course import TinyCourse
from whole_machine import needs_postgres

KILLS = 10
WORKER = ("review-worker", "--create-database", "--database-url")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return TinyCourse(tmp_path_factory.mktemp("kills") / "course").root


def begun(folder: Path, course: Path, seed: int, kills: int, *url: str) -> subprocess.Popen[str]:
    """Begins one review of this course."""
    program = review_kills.__file__
    return review_kills.begun(program, folder, seed, kills, *url, env={"HALFWAY_COURSE": str(course)})


def ended(process: subprocess.Popen[str]) -> list[str]:
    """Waits for the end of a review; gives who was killed."""
    victims: list[str] = review_kills.ended(process)["victims"]
    return victims


def book(folder: Path) -> str:
    return (folder / "book.json").read_text()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, course: Path) -> str:
    """What a review gives that nobody disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert ended(begun(folder, course, 0, 0)) == []
    verdicts = json.loads(book(folder))
    assert len(verdicts) == review_kills.LEARNERS
    assert all(len(told) == 1 for told in verdicts.values())
    assert max(judged(folder).values()) == 1
    return book(folder)


def judged(folder: Path) -> Counter[str]:
    """Counts how often each content was judged."""
    return Counter((folder / "notes").read_text().splitlines())


def judged_once_but_for(victims: list[str], folder: Path) -> None:
    """A killed worker repeats the one verdict that it had in the making, and no other is repeated."""
    counts = judged(folder)
    workers = sum(victim != "coordinator" for victim in victims)
    assert sum(counts.values()) - len(counts) <= workers


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_killed_review_gives_the_verdicts_of_an_undisturbed_one(
    tmp_path: Path, course: Path, undisturbed: str, seed: int
) -> None:
    """Ten kills a run, fifty in all: the same verdicts, and only what was in flight is repeated."""
    victims = ended(begun(tmp_path, course, seed, KILLS))
    assert len(victims) == KILLS
    assert book(tmp_path) == undisturbed
    judged_once_but_for(victims, tmp_path)


# ---- PostgreSQL


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A real server; a machine may be without one only where HALFWAY_NO_POSTGRES says so."""
    needs_postgres()
    if programs() is None:
        pytest.fail(MISSING, pytrace=False)
    with postgres() as running:
        yield running


@pytest.mark.slow
def test_two_workers_share_a_real_postgresql(
    tmp_path: Path, course: Path, undisturbed: str, server: Postgres
) -> None:
    """Two worker processes and a coordinator, each killed now and then, give the same verdicts."""
    victims = ended(begun(tmp_path, course, 6, KILLS, server.url + "_kills"))
    assert len(victims) == KILLS
    assert book(tmp_path) == undisturbed
    judged_once_but_for(victims, tmp_path)


@pytest.mark.slow
def test_workers_elsewhere_grade_what_a_review_queues(tmp_path: Path, server: Postgres) -> None:
    """The commands themselves: a review that starts no worker, and two workers that know a database alone."""
    import psycopg

    school, url = School(tmp_path, learners=24), f"{server.url}_commands"
    names = []
    with ExitStack() as stack:
        for _ in range(2):
            worker = stack.enter_context(school.begin(*WORKER, url, TRUST))
            stack.callback(worker.terminate)
            names.append(read_until(worker, " judges version ").splitlines()[-1].partition(" ")[0])
        done = school.type(*school.words("--workers", "0", "--database-url", url))
    assert done.returncode == 0, done.stderr
    assert len(school.verdicts()) == 24
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT DISTINCT executor_id FROM dbos.workflow_status").fetchall()
    assert sorted(name for (name,) in rows) == sorted(names)
    assert len(set(names)) == 2


@pytest.mark.slow
def test_a_database_that_goes_away_is_waited_for(
    tmp_path: Path, course: Path, undisturbed: str, server: Postgres
) -> None:
    """The server ends in the middle and comes back: the review goes on, and nothing is lost."""
    process = begun(tmp_path, course, 0, 0, server.url + "_away")
    pause, notes = threading.Event(), tmp_path / "notes"
    while process.poll() is None and (not notes.exists() or len(notes.read_text().splitlines()) < 5):
        pause.wait(0.01)
    server.stop()
    assert process.poll() is None, process.communicate()
    before = len(notes.read_text().splitlines())
    server.start()
    ended(process)
    assert before < len(judged(tmp_path))
    assert book(tmp_path) == undisturbed
