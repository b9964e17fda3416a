"""PostgreSQL's disk is full in the middle of a class: it is told, nothing is lost, and the review goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from cli_course import read_until
from postgres_server import MISSING, Postgres, postgres, programs
from review_school import SECONDS_MAX, School
from whole_machine import needs_postgres

MANY = 40
DISK_BYTES = 48_000_000
IMPATIENT = (
    "import sys, halfway.review.run as run; run.AWAY_MAX = 12; from halfway.cli import main; sys.exit(main())"
)
"""The command, but for the minute for which a review waits: three seconds."""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server with a second, small disk, on which its databases are."""
    needs_postgres()
    if programs() is None:
        pytest.fail(MISSING, pytrace=False)
    with postgres(DISK_BYTES) as running:
        running.ask("postgres", f"CREATE TABLESPACE small LOCATION '{running.disk / 'space'}'")
        yield running


class FullDisk:
    """One database on the small disk, and what takes all the room beside it."""

    def __init__(self, server: Postgres, name: str) -> None:
        self._server, self._name = server, name
        self.url = f"{server.url.rpartition('/')[0]}/{name}"
        server.ask("postgres", f"CREATE DATABASE {name} TABLESPACE small")

    def fill(self) -> None:
        """Takes all the room there is, in smaller and smaller pieces."""
        self._server.ask(self._name, "CREATE TABLE ballast (it text)")
        for rows in (2**14, 2**10, 2**6, 1):
            more = f"INSERT INTO ballast SELECT repeat('x', 1000) FROM generate_series(1, {rows})"
            with pytest.raises(psycopg.errors.DiskFull):
                while True:
                    self._server.ask(self._name, more)

    def make_room(self) -> None:
        self._server.ask(self._name, "DROP TABLE ballast")

    def verdicts(self) -> dict[str, str]:
        """Gives every verdict that the database has, as it stands there."""
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(
                "SELECT workflow_uuid, output FROM dbos.workflow_status WHERE status = 'SUCCESS'"
            )
            return dict(rows.fetchall())


@pytest.mark.slow
def test_a_full_disk_is_waited_for(tmp_path: Path, server: Postgres) -> None:
    """It is said what is in the way, and with room made the same review ends with every verdict."""
    school, disk = School(tmp_path, MANY), FullDisk(server, "waited")
    with school.begin(*school.words("--database-url", disk.url)) as run:
        read_until(run, f" of {MANY} graded")
        read_until(run, f" of {MANY} graded")
        disk.fill()
        assert "No space left on device" in read_until(run, "waiting for the database: ")
        disk.make_room()
        read_until(run, f"{MANY} of {MANY} graded")
        read_until(run, "The report: ")
        assert run.wait(SECONDS_MAX) == 0
    assert len(school.verdicts()) == MANY


@pytest.mark.slow
def test_a_disk_that_stays_full_ends_a_review_and_loses_nothing(tmp_path: Path, server: Postgres) -> None:
    """It ends with 4: what, where, next. So does the same command, until there is room: then it goes on."""
    school, disk = School(tmp_path, MANY), FullDisk(server, "given_up")
    words = school.words("--database-url", disk.url)
    with school.begin(*words, program=("-c", IMPATIENT)) as run:
        read_until(run, f" of {MANY} graded")
        read_until(run, f" of {MANY} graded")
        disk.fill()
        ended = [(run.communicate(timeout=SECONDS_MAX)[0], run.returncode)]
    stood = disk.verdicts()
    again = school.type(*words)
    ended.append((again.stderr, again.returncode))
    for said, code in ended:
        assert code == 4, said
        assert "No verdict that stands in it is lost." in said
        assert f"{disk.url.partition('://')[0]}://reviewer@127.0.0.1" in said
        assert "No space left on device" in said
        assert "Next: look whether it runs, and whether its disk is full; then type the same command" in said
        assert "Traceback" not in said
    assert 0 < len(stood) < MANY
    disk.make_room()
    assert school.type(*words).returncode == 0
    assert len(school.verdicts()) == MANY
    assert stood.items() <= disk.verdicts().items()
