"""A connection to a database that the judge owns: every statement of it is a message.

What a learner's code holds is a `sqlite3.Connection` by its class and its methods. The connection behind it,
and the file, are on the judge's side, where SQLite itself answers.
"""

import builtins
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, NoReturn

from halfway.subject.proxies import TakesCalls
from halfway.subject.raised import note

ALL = -1
_BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    (bytes, lambda value: bytes(bytes.__iter__(value))),
)
_nowhere: list[sqlite3.Connection] = []


def _elsewhere() -> sqlite3.Connection:
    """A database that holds nothing: it makes what only SQLite's own classes can make, as `sqlite3.Row`."""
    if not _nowhere:
        _nowhere.append(sqlite3.connect(":memory:", check_same_thread=False))
    return _nowhere[0]


def _plain(value: Any) -> Any:
    """A value as SQLite binds it. Raises sqlite3.ProgrammingError for one that it does not bind."""
    if value is None:
        return None
    for base, reduced in _BASES:
        if isinstance(value, base):
            return reduced(value)
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    raise sqlite3.ProgrammingError(f"Error binding parameter: type '{type(value).__name__}' is not supported")


def _bound(parameters: Any) -> Any:
    if isinstance(parameters, Mapping):
        return {str(name): _plain(value) for name, value in parameters.items()}
    if isinstance(parameters, Sequence) and not isinstance(parameters, (str, bytes)):
        return [_plain(value) for value in parameters]
    if isinstance(parameters, (str, bytes)):
        return [_plain(parameters[place : place + 1]) for place in range(len(parameters))]
    raise sqlite3.ProgrammingError("parameters are of unsupported type")


class Cursor(sqlite3.Cursor):
    """One statement and its rows."""

    def __init__(self, connection: "Connection") -> None:
        super().__init__(_elsewhere())
        connection._cursors_made += 1
        self._owner, self._number = connection, connection._cursors_made
        self._rows_left = self._is_closed = False
        self._rowcount, self._lastrowid = -1, None
        self._names: list[str] | None = None
        self._factory: Any = connection.row_factory
        self.arraysize = 1

    def __del__(self) -> None:
        if self._rows_left:
            self._owner._dropped.append(self._number)

    def _ask(self, name: str, *args: Any) -> Any:
        if self._is_closed:
            raise sqlite3.ProgrammingError("Cannot operate on a closed cursor.")
        return self._owner._ask(name, self._number, *args)

    def _run(self, name: str, *args: Any) -> "Cursor":
        self._rows_left = False
        self._rowcount, self._lastrowid, self._names = self._ask(name, *args)
        self._rows_left = self._names is not None
        return self

    def execute(self, sql: str, parameters: Any = (), /) -> "Cursor":
        return self._run("execute", sql, _bound(parameters))

    def executemany(self, sql: str, seq_of_parameters: Iterable[Any], /) -> "Cursor":
        return self._run("executemany", sql, [_bound(each) for each in seq_of_parameters])

    def executescript(self, sql_script: str, /) -> "Cursor":
        return self._run("executescript", sql_script)

    def _fetch(self, many: int) -> list[Any]:
        if not self._rows_left:
            if self._is_closed:
                raise sqlite3.ProgrammingError("Cannot operate on a closed cursor.")
            return []
        rows = self._ask("fetch", many)
        if many == ALL or len(rows) < many:
            self._rows_left = False
        return [self._made(self._owner._with_texts(row)) for row in rows]

    def _made(self, row: tuple[Any, ...]) -> Any:
        factory = self._factory
        if factory is None:
            return row
        if isinstance(factory, type) and issubclass(factory, sqlite3.Row):
            named = ", ".join(f'? AS "{name}"' for name in self._names or ())
            cursor = _elsewhere().execute(f"SELECT {named}", row)
            return factory(cursor, cursor.fetchone())
        return factory(self, row)

    def fetchone(self) -> Any:
        rows = self._fetch(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._fetch(self.arraysize if size is None else size)

    def fetchall(self) -> list[Any]:
        return self._fetch(ALL)

    def __iter__(self) -> "Cursor":
        return self

    def __next__(self) -> Any:
        rows = self._fetch(1)
        if not rows:
            raise StopIteration
        return rows[0]

    def close(self) -> None:
        if not self._is_closed:
            self._rows_left = False
            self._owner._ask("close_cursor", self._number)
            self._is_closed = True

    @property
    def rowcount(self) -> int:
        return self._rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._lastrowid

    @property
    def description(self) -> Any:
        return None if self._names is None else tuple((name, *[None] * 6) for name in self._names)

    @property
    def connection(self) -> "Connection":
        return self._owner

    @property
    def row_factory(self) -> Any:
        return self._factory

    @row_factory.setter
    def row_factory(self, factory: Any) -> None:
        self._factory = factory


class Connection(sqlite3.Connection):
    """An open connection to the judge's database."""

    _number: int
    _subject: TakesCalls

    def __init__(self) -> None:
        """SQLite's own connection is not opened: there is nothing on this side."""
        self._cursors_made = 0
        self._dropped: list[int] = []
        self._factory: Any = None
        self._makes_text: Any = str

    def _with_texts(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row whose texts are what the connection makes of them: str, unless another factory was set."""
        make = self._makes_text
        if make is str:
            return row
        return tuple(make(value.encode()) if isinstance(value, str) else value for value in row)

    def _ask(self, name: str, *args: Any) -> Any:
        self.let_go()
        told = self._subject.call_port(self._number, name, args, {})
        if type(told) is not tuple:
            return told
        kind, said, attributes = told
        error = (getattr(sqlite3, kind, None) or getattr(builtins, kind))(*said)
        vars(error).update(attributes)
        raise note(error)

    def let_go(self) -> None:
        """Half-read statements that nobody holds any more are closed."""
        while self._dropped:
            number = self._dropped.pop()
            self._subject.call_port(self._number, "close_cursor", (number,), {})

    def cursor(self, factory: Any = None) -> Any:
        if factory is not None:
            _refused("a factory for cursors")
        return Cursor(self)

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        return Cursor(self).execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        return Cursor(self).executemany(sql, parameters)

    def executescript(self, sql_script: str, /) -> Cursor:
        return Cursor(self).executescript(sql_script)

    def commit(self) -> None:
        self._ask("commit")

    def rollback(self) -> None:
        self._ask("rollback")

    def close(self) -> None:
        self._ask("close")

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        """Commit, or roll back after an error; a commit that fails is rolled back, as SQLite's own is."""
        if kind is not None:
            self.rollback()
            return False
        try:
            self.commit()
        except BaseException:
            self.rollback()
            raise
        return False

    @property
    def in_transaction(self) -> bool:
        return bool(self._ask("get", "in_transaction"))

    @property
    def total_changes(self) -> int:
        return int(self._ask("get", "total_changes"))

    @property
    def isolation_level(self) -> Any:
        return self._ask("get", "isolation_level")

    @isolation_level.setter
    def isolation_level(self, level: Any) -> None:
        self._ask("level", level)

    @property
    def row_factory(self) -> Any:
        return self._factory

    @row_factory.setter
    def row_factory(self, factory: Any) -> None:
        self._ask("makes_rows", factory is not None)
        self._factory = factory

    @property
    def text_factory(self) -> Any:
        return self._makes_text

    @text_factory.setter
    def text_factory(self, factory: Any) -> None:
        self._ask("makes_texts", factory is not str)
        self._makes_text = factory


def _refused(what: str) -> NoReturn:
    raise sqlite3.NotSupportedError(f"{what} is not to be had of this database; use execute() and commit()")


def _refuser(name: str) -> Callable[..., NoReturn]:
    def method(self: Connection, *args: Any, **options: Any) -> NoReturn:
        _refused(f"{name}()")

    return method


for _name in dir(sqlite3.Connection):
    _is_a_method = _name[0].islower() and callable(getattr(sqlite3.Connection, _name))
    if _is_a_method and _name not in vars(Connection):
        setattr(Connection, _name, _refuser(_name))
