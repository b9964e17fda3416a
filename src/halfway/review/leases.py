"""A worker's name is a lease: held while its process lives, given back by whatever ends it.

DBOS keeps which worker has begun a workflow, and recovers what a worker of that name left unfinished. It has
to be told which workers are dead. On one machine a lock on a file says it, with PostgreSQL an advisory lock
of a session: both end with the process, and no clock is involved.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import IO, Protocol

from halfway.files import lock

CLASS_ID = 0x48575257
"""Keeps these locks apart from those of other users of the same PostgreSQL database."""


class Lease(Protocol):
    """A name that is ours alone while this object is held."""

    name: str

    def held(self) -> bool:
        """True while the name is still ours."""

    def end(self) -> None:
        """Gives the name back."""


class Leases(Protocol):
    """Where names are taken."""

    def take(self, name: str) -> Lease | None:
        """Gives the lease on a name, or None if somebody alive has it."""


def first_free(leases: Leases, host: str) -> Lease:
    """Takes the first name of this host that nobody alive has: that of a dead worker, if there is one."""
    return next(lease for number in count(1) if (lease := leases.take(f"{host}-{number}")) is not None)


@contextmanager
def if_dead(leases: Leases, name: str) -> Iterator[bool]:
    """True in the block if the worker of this name is dead; while it lasts, nobody else can take the name."""
    lease = leases.take(name)
    try:
        yield lease is not None
    finally:
        if lease is not None:
            lease.end()


class FileLeases:
    """Names on one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, name: str) -> Lease | None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = (self._folder / f"{name}.lock").open("a")
        if lock(file, wait=False):
            return _FileLease(name, file)
        file.close()
        return None


class _FileLease:
    def __init__(self, name: str, file: IO[str]) -> None:
        self.name, self._file = name, file

    def held(self) -> bool:
        return True

    def end(self) -> None:
        self._file.close()


class PostgresLeases:
    """Names on every machine that shares the database."""

    def __init__(self, url: str) -> None:
        self._url = url

    def take(self, name: str) -> Lease | None:
        import psycopg

        connection = psycopg.connect(self._url, autocommit=True, connect_timeout=10, keepalives_idle=15)
        number = zlib.crc32(name.encode()) - 2**31
        row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (CLASS_ID, number)).fetchone()
        if row == (True,):
            return _SessionLease(name, lambda: connection.execute("SELECT 1"), connection.close)
        connection.close()
        return None


class _SessionLease:
    def __init__(self, name: str, ask: Callable[[], object], end: Callable[[], None]) -> None:
        self.name, self._ask, self._end = name, ask, end

    def held(self) -> bool:
        try:
            self._ask()
        except Exception:
            return False
        return True

    def end(self) -> None:
        with suppress(Exception):
            self._end()
