"""The durable queue: one DBOS workflow for each content, whose recorded result is its verdict.

DBOS keeps the first result of a workflow id for ever, so content that was graded is never graded again. The
content itself stands in the database: a worker on another host needs the database and the course, no more.
"""

from __future__ import annotations

import base64
import json
import logging
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, Serializer
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from halfway.errors import HalfwayError
from halfway.grading import Verdict
from halfway.review.intake import Handed
from halfway.review.leases import FileLeases, Leases, PostgresLeases
from halfway.review.tries import FileTries, PostgresTries, Tries

APPLICATION = "halfway-review"
QUEUE = "verdicts"
WORKFLOW = "verdict_on_content"
FINISHED = ("SUCCESS", "ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
POLL_S = 0.05
SQLITE_WITH_PARTS_OF_SECONDS = (3, 42, 0)
"""What DBOS asks of SQLite on Python 3.12 and newer: `unixepoch('subsec')`."""
AHEAD = 4
"""How many contents a worker takes from the queue at once; it judges them one after the other."""
BATCH = 50
AWAY = "The database of this review cannot be used. No verdict that stands in it is lost."
AWAY_NEXT = "Next: look whether it runs, and whether its disk is full; then type the same command again."
OTHERS_MAX = 5
"""An author changes suites often; a class has been begun with few versions."""
ROOM_BYTES = 1 << 18
ROOM_FOR_ROWS = (
    "CREATE TEMPORARY TABLE halfway_room ON COMMIT DROP AS "
    "SELECT md5(n::text) FROM generate_series(1, 4096) AS rows (n)"
)
"""The same room for PostgreSQL, on the disk of the database, and given back at once."""


class NoDatabaseError(HalfwayError):
    """The database cannot be reached, or does not take what is written."""

    @property
    def said(self) -> str:
        """What the database itself says, without its address."""
        return self.where.partition(": ")[2] or self.where


class PlainJson(Serializer):
    """Keeps what crosses the database as JSON: nothing that is read from there can run."""

    def serialize(self, data: Any) -> str:
        if isinstance(data, BaseException):
            data = f"{type(data).__name__}: {data}"
        return json.dumps(data)

    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data)

    def name(self) -> str:
        return "halfway_json"


@dataclass(frozen=True)
class Database:
    """Where the queue is: a SQLite file in a folder of its own, or PostgreSQL."""

    url: str
    folder: Path | None = None

    @classmethod
    def at(cls, folder: Path, url: str | None) -> Database:
        """Gives the database at `url`, or the SQLite file in the folder."""
        if url is None:
            return cls(f"sqlite:///{folder.resolve() / 'queue.sqlite'}", folder)
        scheme, _, rest = url.partition("://")
        if scheme not in ("postgresql", "postgres", "postgresql+psycopg") or not rest:
            raise NoDatabaseError(
                "This database address is not understood.",
                _without_password(url),
                "Next: write it as postgresql://USER:PASSWORD@HOST/DATABASE.",
            )
        return cls(f"postgresql://{rest}")

    @property
    def shown(self) -> str:
        """The address, without a password."""
        return _without_password(self.url)

    def leases(self) -> Leases:
        """Gives the place where workers take their names."""
        return PostgresLeases(self.url) if self.folder is None else FileLeases(self.folder / "workers")

    def tries(self) -> Tries:
        """Gives the place where it is marked what is being judged. Raises NoDatabaseError."""
        if self.folder is not None:
            return FileTries(self.folder / "tries")
        with told(self):
            return PostgresTries(self.url)

    def config(self, version: str, executor: str) -> DBOSConfig:
        """Gives DBOS's settings for one worker."""
        return {
            "name": APPLICATION,
            "system_database_url": self.url,
            "application_version": version,
            "executor_id": executor,
            "console_log_level": "CRITICAL",
            "log_level": "CRITICAL",
            "serializer": PlainJson(),
            "run_migrations": False,
        }

    def prepare(self, *, create: bool = True) -> None:
        """Makes the tables where they are missing, and the database itself if that is asked for.

        Raises NoDatabaseError.
        """
        if not create:
            self._look()
        logging.getLogger("dbos").setLevel(logging.CRITICAL)
        with told(self):
            if self.folder is not None:
                _check_sqlite(self.url)
                self.folder.mkdir(parents=True, exist_ok=True)
                path = self.folder / "queue.sqlite"
                with sqlite3.connect(path) as connection:
                    # Readers and the writer do not wait for each other; the setting stays with the file.
                    connection.execute("PRAGMA journal_mode=WAL")
                connection.close()
            DBOS.migrate(self.url)

    def _look(self) -> None:
        """Raises NoDatabaseError where there is no such database: a slip in a name makes none."""
        if self.folder is not None:
            if not (self.folder / "queue.sqlite").is_file():
                raise _not_there(str(self.folder.parent))
            return
        import psycopg

        try:
            psycopg.connect(self.url, connect_timeout=10).close()
        except psycopg.OperationalError as error:
            if "does not exist" in str(error):
                raise _not_there(self.shown) from None
            raise NoDatabaseError(AWAY, f"{self.shown}: {str(error).splitlines()[0]}", AWAY_NEXT) from None


def _not_there(where: str) -> NoDatabaseError:
    return NoDatabaseError(
        "There is no queue of a review here.",
        where,
        "Next: look at its name; begin the review first, or add `--create-database`.",
    )


def _check_sqlite(url: str) -> None:
    """Raises NoDatabaseError where DBOS, on this Python, asks SQLite for what it does not know yet."""
    if sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < SQLITE_WITH_PARTS_OF_SECONDS:
        wanted = ".".join(map(str, SQLITE_WITH_PARTS_OF_SECONDS))
        raise NoDatabaseError(
            f"This Python ({sys.version_info[0]}.{sys.version_info[1]}) comes with SQLite "
            f"{sqlite3.sqlite_version}, and to keep a queue there takes {wanted}. Nothing has been begun.",
            url,
            "Next: run the review with Python 3.11, with a newer SQLite, or on PostgreSQL: "
            "`--database-url postgresql://USER:PASSWORD@HOST/DATABASE`.",
        )


def _without_password(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    user, at, place = rest.rpartition("@")
    return f"{scheme}{mark}{user.partition(':')[0]}{at}{place}"


@contextmanager
def told(database: Database) -> Iterator[None]:
    """Turns whatever a database raises into NoDatabaseError."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        own = getattr(error, "orig", None) or getattr(error, "strerror", None) or error
        said = str(own).splitlines()[0]
        raise NoDatabaseError(AWAY, f"{database.shown}: {said}", AWAY_NEXT) from error


class Queue:
    """What a coordinator asks of the queue; it grades nothing itself."""

    def __init__(self, database: Database, version: str) -> None:
        self._database, self._version = database, version
        with told(database):
            self._client = DBOSClient(
                system_database_url=database.url,
                serializer=PlainJson(),
                application_name=APPLICATION,
                retry_connection_errors=False,
            )
        self.check_room()

    def check_room(self) -> None:
        """Writes a little. Raises NoDatabaseError where a disk is full, or nothing may be written."""
        with told(self._database):
            self._client.register_queue(
                QUEUE, worker_concurrency=AHEAD, polling_interval_sec=POLL_S, on_conflict="always_update"
            )
            # One row may fit where a verdict does not.
            if self._database.folder is None:
                with suppress(ProgrammingError), self._client._sys_db.engine.connect() as connection:
                    connection.execute(text(ROOM_FOR_ROWS))  # some servers do not allow it: nothing is known
            else:
                with tempfile.TemporaryFile(dir=self._database.folder) as file:
                    file.write(bytes(ROOM_BYTES))
                    file.flush()

    def close(self) -> None:
        """Lets go of the database."""
        self._client.destroy()

    def put(self, key: str, handed: Handed) -> None:
        """Queues one content, unless it is there already in whatever state."""
        with told(self._database):
            self._client.enqueue(
                {
                    "workflow_name": WORKFLOW,
                    "queue_name": QUEUE,
                    "workflow_id": key,
                    "app_version": self._version,
                },
                handed.unit,
                handed.file,
                base64.b64encode(handed.data).decode("ascii"),
            )

    def go_on(self, keys: Iterable[str]) -> None:
        """Queues again what was cancelled."""
        with told(self._database):
            for batch in _batches(keys):
                self._client.resume_workflows(batch, queue_name=QUEUE)

    def cancel(self, keys: Iterable[str]) -> None:
        """Takes out of the queue what nobody has begun; what is begun is thrown away when it ends."""
        with told(self._database):
            for batch in _batches(keys):
                self._client.cancel_workflows(batch)

    def forget(self, keys: Iterable[str]) -> None:
        """Removes verdicts, so that their contents can be graded again."""
        with told(self._database):
            for batch in _batches(keys):
                self._client.delete_workflows(batch)

    def states(self, keys: Iterable[str]) -> dict[str, str]:
        """Gives the state of each key that is known."""
        return {row.workflow_id: str(row.status) for row in self._rows(keys, with_output=False)}

    def others(self) -> list[str]:
        """Gives other versions for which something was queued here, the latest first."""
        rows = self._client._sys_db.tables.workflow_status
        version, latest = rows.c.application_version, func.max(rows.c.created_at).desc()
        asked = select(version).where(rows.c.queue_name == QUEUE, version != self._version)
        with told(self._database), self._client._sys_db.engine.connect() as connection:
            found = connection.execute(asked.group_by(version).order_by(latest).limit(OTHERS_MAX))
            return [str(row[0]) for row in found]

    def of_version(self, version: str) -> dict[str, str]:
        """Gives the state of everything that was queued by this version."""
        rows = self._client._sys_db.tables.workflow_status
        asked = select(rows.c.workflow_uuid, rows.c.status).where(
            rows.c.queue_name == QUEUE, rows.c.application_version == version
        )
        with told(self._database), self._client._sys_db.engine.connect() as connection:
            return {str(key): str(status) for key, status in connection.execute(asked)}

    def strangers(self, keys: Iterable[str]) -> set[str]:
        """Gives the keys that wait for workers of another version of the course: no other ever takes them."""
        rows = self._rows(keys, with_output=False)
        return {
            row.workflow_id for row in rows if row.status not in FINISHED and row.app_version != self._version
        }

    def counted(self, keys: Iterable[str]) -> Counter[str]:
        """Counts the keys by state; "MISSING" is one of them."""
        keys = list(keys)
        known = self.states(keys)
        return Counter(known.get(key, "MISSING") for key in keys)

    def verdicts(self, keys: Iterable[str]) -> Iterator[tuple[str, Verdict | str]]:
        """Gives key and verdict of everything that is finished; a text where no verdict came of it."""
        for row in self._rows(keys, with_output=True):
            if row.status == "SUCCESS":
                yield row.workflow_id, Verdict.from_dict(json.loads(str(row.output)))
            elif row.status in FINISHED:
                yield row.workflow_id, f"the worker ended without a verdict ({row.error or row.status})"

    def _rows(self, keys: Iterable[str], *, with_output: bool) -> Iterator[Any]:
        for batch in _batches(keys):
            with told(self._database):
                rows = self._client.list_workflows(
                    workflow_ids=batch, load_input=False, load_output=with_output
                )
            yield from rows


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    every: Sequence[str] = list(dict.fromkeys(keys))
    for start in range(0, len(every), BATCH):
        yield list(every[start : start + BATCH])
