"""The file of a database, and the connections to it. One serves many stories, one after the other."""

import os
import sqlite3
import tempfile
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

Row = tuple[Any, ...]

DEFAULT_LEVEL = ""
BYTES_MAX, STEPS_MAX, PAGES_MAX, HEAP_MAX = 1_000_000, 5_000_000, 4_000, 64 << 20
_PRAGMAS = (
    "synchronous = OFF",
    "journal_mode = MEMORY",
    "temp_store = MEMORY",
    f"max_page_count = {PAGES_MAX}",
    f"hard_heap_limit = {HEAP_MAX}",
)
"""No power fails here: what a kill takes back is what a rollback takes back, without a wait for a disk."""
_FILLER = (
    "CREATE TABLE filler AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) "
    "SELECT zeroblob(900000) FROM n"
)
"""More than there can be pages."""
_ALLOWED = frozenset((
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE,
    sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT,
))  # fmt: skip
"""What a statement of the learner's may do: it reaches this file and no other, and leaves its shape alone."""


class File:
    """A file with one table, open three times: for the learner's code, for another worker, and to look.

    It has no name any more: nobody else finds it, and nothing is left of it when the judge is killed.
    """

    def __init__(self, schema: str, table: str) -> None:
        self.schema, self.table, self.process = schema, table, os.getpid()
        folder = Path(tempfile.mkdtemp(prefix="halfway-database-"))
        path = folder / "file.db"
        self.theirs, self.other, self.reader = (_opened(path) for _ in range(3))
        self.other.executescript(schema)
        for connection in (self.theirs, self.reader):
            connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - the suite's own name
        with suppress(OSError):  # Windows keeps the name of an open file.
            path.unlink()
            folder.rmdir()
        self._is_ours = False
        # Python 3.13 wants every connection closed by somebody. In a circle of objects nobody knows who ends
        # first: so what closes them holds them, and they hold no `File`.
        weakref.finalize(self, _close, self.theirs, self.other, self.reader)
        self.theirs.set_authorizer(_authorizer(weakref.ref(self)))
        self.theirs.set_progress_handler(lambda: 1, STEPS_MAX)
        self.theirs.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, BYTES_MAX)
        self.theirs.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)

    def _may(self, action: int, first: str | None, *rest: Any) -> int:
        is_its_own = (
            action == sqlite3.SQLITE_CREATE_TABLE and first == self.table
        )  # IF NOT EXISTS changes nothing
        return sqlite3.SQLITE_OK if self._is_ours or is_its_own or action in _ALLOWED else sqlite3.SQLITE_DENY

    def holds(self, rows: list[Row]) -> None:
        """From now on it holds these rows and no others."""
        self.leave()
        self.other.rollback()
        self.other.execute(f"DELETE FROM {self.table}")  # noqa: S608 - the suite's own name
        for row in rows[:1]:
            self.other.executemany(f"INSERT INTO {self.table} VALUES ({', '.join('?' * len(row))})", rows)  # noqa: S608
        self.other.commit()

    def leave(self) -> None:
        """Whoever had the learner's connection is gone, and SQLite takes back what was not committed."""
        self.theirs.rollback()
        if self.level != DEFAULT_LEVEL:
            self.theirs.isolation_level = DEFAULT_LEVEL  # type: ignore[assignment]  # Python's own default

    @property
    def level(self) -> str | None:
        """How the learner's connection begins transactions by itself."""
        return self.theirs.isolation_level

    def fill(self) -> None:
        """Run out of space in the learner's connection. Raises what SQLite raises then."""
        self._is_ours = True
        try:
            (pages,) = self.theirs.execute("PRAGMA page_count").fetchone()
            self.theirs.execute(f"PRAGMA max_page_count = {pages}")
            self.theirs.execute(_FILLER)
        finally:
            self.theirs.execute(f"PRAGMA max_page_count = {PAGES_MAX}")
            self._is_ours = False

    def damaged(self, *, begins: bool) -> None:
        """Find a page damaged, in the learner's connection. Raises what SQLite raises then.

        Where Python begins a transaction by itself it has done so before, and it is open.
        """
        if begins and self.level is not None and not self.theirs.in_transaction:
            self.theirs.execute(f"BEGIN {self.level}")
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_CORRUPT, "SQLITE_CORRUPT"
        raise error


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0, check_same_thread=False)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _close(*connections: sqlite3.Connection) -> None:
    for connection in connections:
        with suppress(sqlite3.Error):
            connection.close()


def _authorizer(itself: Callable[[], File | None]) -> Callable[..., int]:
    def may(*asked: Any) -> int:
        file = itself()
        return sqlite3.SQLITE_DENY if file is None else file._may(*asked)

    return may


_free: list[File] = []


def take(schema: str, table: str) -> File:
    """Give a file that nobody else has now."""
    for place, file in enumerate(_free):
        # A connection does not survive a fork, and what another process has is left alone.
        if file.process == os.getpid() and file.schema == schema:
            return _free.pop(place)
    return File(schema, table)


def give_back(file: File) -> None:
    """Nobody needs it any more."""
    _free.append(file)
