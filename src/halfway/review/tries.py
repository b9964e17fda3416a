"""Which content was being judged when a worker died? One that has ended two workers is not tried again.

A mark is made before a content is judged, and taken away after it. What is left of a mark is a death.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

TRIES_MAX = 2


class Tries(Protocol):
    """Where marks are made."""

    def died(self, key: str) -> int:
        """Says how many workers died over a content."""

    def begin(self, key: str, deaths: int) -> None:
        """Makes the mark: one death more, unless `end` is called."""

    def end(self, key: str) -> None:
        """Takes the mark away."""


@contextmanager
def tried(tries: Tries, key: str) -> Iterator[bool]:
    """True in the block if the content may be judged once more; to be used by one thread at a time."""
    deaths = tries.died(key)
    if deaths >= TRIES_MAX:
        tries.end(key)
        yield False
        return
    tries.begin(key, deaths)
    yield True
    tries.end(key)


class FileTries:
    """Marks on one machine: files, each as long as its content has had deaths."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def died(self, key: str) -> int:
        try:
            return (self._folder / key).stat().st_size
        except OSError:
            return 0

    def begin(self, key: str, deaths: int) -> None:
        with suppress(OSError):  # on a full disk nothing is marked; the queue says that it is full
            (self._folder / key).write_bytes(b"x" * (deaths + 1))

    def end(self, key: str) -> None:
        with suppress(OSError):
            (self._folder / key).unlink(missing_ok=True)


class PostgresTries:
    """Marks in the database that several machines share."""

    def __init__(self, url: str) -> None:
        import psycopg

        self._url = url
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS halfway_tries (key text PRIMARY KEY, deaths integer NOT NULL)"
            )

    def died(self, key: str) -> int:
        row = self._ask("SELECT deaths FROM halfway_tries WHERE key = %s", key)
        return int(row[0]) if row else 0

    def begin(self, key: str, deaths: int) -> None:
        self._ask(
            "INSERT INTO halfway_tries VALUES (%s, 1) "
            "ON CONFLICT (key) DO UPDATE SET deaths = halfway_tries.deaths + 1 RETURNING deaths",
            key,
        )

    def end(self, key: str) -> None:
        self._ask("DELETE FROM halfway_tries WHERE key = %s RETURNING deaths", key)

    def _ask(self, statement: str, key: str) -> tuple[int] | None:
        """A database that is away keeps no marks, and no verdicts either: the queue waits for it."""
        import psycopg

        with (
            suppress(psycopg.Error),
            psycopg.connect(self._url, autocommit=True, connect_timeout=10) as asked,
        ):
            return asked.execute(statement, (key,)).fetchone()
        return None
