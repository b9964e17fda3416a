"""A real SQLite database: the judge owns its file, and every statement of the learner's is a step."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from halfway.kit.ports.database_file import BYTES_MAX, DEFAULT_LEVEL, File, Row, give_back, take
from halfway.kit.ports.failures import Redeployed
from halfway.sim import CRASH, FoulError, Port
from halfway.sim.portcalls import call_told

KILLED_BEFORE, KILLED_AFTER = "killed before it", "killed after it"

LOCKED, BEING_READ = "another worker holds the lock", "another worker is in the middle of a SELECT"
FULL, DAMAGED = "the disk is full", "the file is damaged"
LOCKED_THEN_FULL = "another worker holds the lock, and as it gives it back, the disk is full"
ENDED = "a deploy ends the worker inside of its next statement that writes"
TOLD_MAX = 3
LASTS = 60
"""So many steps long something goes wrong that stays: longer than anybody tries."""
_LOCKS = "BEGIN IMMEDIATE"
_READS, _BEGINS, _ENDS = ("SELECT", "VALUES"), ("BEGIN", "SAVEPOINT"), ("COMMIT", "END", "RELEASE")
_BY_ITSELF = ("INSERT", "UPDATE", "DELETE", "REPLACE")
"""Before one of these Python begins a transaction by itself."""
_TOLD = (sqlite3.Error, sqlite3.Warning, ValueError, TypeError, OverflowError, MemoryError)
_TROUBLES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CORRUPT)
PRIMARY = 0xFF
"""What of an error code of SQLite's says the kind of the error; the rest says more of it."""
_PLAIN = frozenset((type(None), bool, int, float, str, bytes))
_SERVES = frozenset((
    "execute", "executemany", "executescript", "fetch", "close_cursor",
    "commit", "rollback", "close", "get", "level", "makes_rows", "makes_texts",
))  # fmt: skip
_ASKED = ("in_transaction", "isolation_level", "total_changes")


class Database(Port):
    """A table in a real SQLite file; a learner's code holds a connection to it, one for each process.

    A subclass names its `schema` and its `table`. `rows` are those that are durable now; `troubles` is what
    SQLite raised to the learner's code because of others or of the disk, as "OperationalError: database is
    locked". What a statement raises by itself is none of it: that a row is there, or no transaction is open.

    CRASH: killed before each statement that is no SELECT, and after each that made something durable.
    REFUSED: another worker has the lock, or is reading when a transaction is committed. UNDECLARED: the disk
    is full. DUPLICATE: what `meanwhile` names, which another worker does between two of their transactions.
    """

    seen_as = "sqlite3.Connection"
    serves = _SERVES
    raises = (SystemExit,)
    schema = table = ""
    LOCKED, BEING_READ, FULL, DAMAGED, ENDED = LOCKED, BEING_READ, FULL, DAMAGED, ENDED
    LOCKED_THEN_FULL = LOCKED_THEN_FULL

    def __init__(self, story: Any, rows: Iterable[Row] = ()) -> None:
        super().__init__(story)
        self.file: File = take(self.schema, self.table)
        rows = list(rows)
        self.file.holds(rows)
        self.tell(_held(rows))
        self.troubles: list[str] = []
        self._verb, self._last_of = "", dict[str, str]()
        self.meanwhile: dict[str, Callable[[], None]] = {}
        self.made_durable: Callable[[], None] = lambda: None
        self._seen: list[Row] = []
        self._is_stale = True
        self._process = self.world.lives
        self._cursors: dict[int, sqlite3.Cursor] = {}
        self._is_closed = self._has_lock = self._has_written = False
        self._makes_rows = self._makes_texts = False
        self._lasting, self._steps_left = "", 0
        self._signal: Redeployed | None = None

    def gone(self) -> None:
        """The story is over."""
        self._leave()
        give_back(self.file)

    # ---- what a learner's connection asks

    def execute(self, cursor: int, sql: str, parameters: Any) -> Any:
        """One statement."""
        _check(parameters)
        return self._statement(cursor, sql, lambda real: real.execute(sql, parameters))

    def executemany(self, cursor: int, sql: str, parameters: Any) -> Any:
        """One statement, for each of many parameters."""
        if type(parameters) is not list:
            raise FoulError("parameters that are no list")
        for each in parameters:
            _check(each)
        return self._statement(cursor, sql, lambda real: real.executemany(sql, parameters))

    def executescript(self, cursor: int, sql: str) -> Any:
        """Many statements, after a commit."""
        return self._statement(cursor, sql, lambda real: real.executescript(sql), verb="script")

    def fetch(self, cursor: int, many: int) -> Any:
        """The next rows of a statement; -1 for all."""
        real = self._cursors.get(cursor)
        if not self._is_mine() or real is None:
            return []
        return self._told(lambda: _rows_of(real, many))

    def close_cursor(self, cursor: int) -> Any:
        """This statement is read no further."""
        real = self._cursors.pop(cursor, None)
        if self._is_mine() and real is not None:
            real.close()

    def commit(self) -> Any:
        """The transaction becomes durable."""
        return self._step("COMMIT", lambda: self._theirs().commit())

    def rollback(self) -> Any:
        """The transaction is taken back."""
        return self._told(lambda: self._theirs().rollback())

    def close(self) -> Any:
        """The connection is closed; what was not committed is taken back."""
        self._is_mine()
        self._leave()
        self._is_closed = True

    def get(self, name: str) -> Any:
        """What the connection says of itself."""
        return self._told(lambda: getattr(self._theirs(), name)) if name in _ASKED else None

    def level(self, level: Any) -> Any:
        """Another way to begin transactions; none at all commits the one that is open."""

        def change() -> None:
            self._theirs().isolation_level = level

        return self._step("COMMIT", change) if self.file.theirs.in_transaction else self._told(change)

    def makes_rows(self, other: bool) -> Any:
        """Rows are made on the learner's side; whether they are others than tuples is said here."""
        self._is_mine()
        self._makes_rows = other

    def makes_texts(self, other: bool) -> Any:
        """So are texts; whether they are others than str is said here."""
        self._is_mine()
        self._makes_texts = other

    def call_as_told(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> str | None:
        """A statement as it was written; what is read from it is not told."""
        if name in ("execute", "executemany", "executescript"):
            _, sql, *parameters = args
            return call_told(name, [" ".join(sql.split()), *(tuple(p) for p in parameters if p)], kwargs)
        if name == "level":
            return f"isolation_level = {args[0]!r}"
        return None if name in ("commit", "rollback", "close") else ""

    # ---- what a suite looks at, and what others do

    @property
    def rows(self) -> list[Row]:
        """The rows that are durable, in the order of the first column; as they were while nobody may look."""
        if self._is_stale:
            self._look()
        return self._seen

    def _look(self) -> None:
        self._is_stale = True
        with suppress(sqlite3.OperationalError):  # A commit that failed keeps everybody from looking.
            ordered = f"SELECT * FROM {self.table} ORDER BY 1"  # noqa: S608 - the suite's own name
            self._seen = self.file.reader.execute(ordered).fetchall()
            self._is_stale = False

    @property
    def last_of_each(self) -> list[str]:
        """Of the troubles, the last one of each kind of statement, which may have been tried again."""
        return list(self._last_of.values())

    def others_cannot_write(self) -> str:
        """What another worker is told who writes now; "" if nothing keeps it from writing."""
        if self.world.life is None or getattr(self.world.life, "dead", False):
            self._leave()
        other = self.file.other
        other.rollback()
        try:
            other.execute("BEGIN EXCLUSIVE")  # What each write comes to, when it is committed.
        except sqlite3.OperationalError as error:
            return str(error)
        other.rollback()
        return ""

    def others_write(self, sql: str, parameters: Row = ()) -> None:
        """Another worker makes this statement, and it is durable."""
        self.file.other.execute(sql, parameters)
        self.file.other.commit()
        self._look()

    def stays(self, what: str) -> None:
        """From now on this goes wrong at each step that it can go wrong at: LOCKED, FULL and so on.

        ENDED does so once: a signal comes in the middle of a statement, whose work is done when its handler
        raises SystemExit.
        """
        self._lasting, self._steps_left = what, 1 if what == ENDED else LASTS
        self.tell(what if what == ENDED else f"from now on, {what}")

    @property
    def changed(self) -> list[str]:
        """What is otherwise with the connection than when it was handed in."""
        told = ["it is closed"] if self._is_closed else []
        if self.file.theirs.in_transaction:
            told.append("a transaction is open")
        if self.file.level != DEFAULT_LEVEL:
            told.append(f"its isolation_level is {self.file.level!r}")
        told += ["it has a row_factory"] * self._makes_rows
        return told + ["it has a text_factory"] * self._makes_texts

    # ---- how a step is taken

    def _is_mine(self) -> bool:
        """A new process has a connection of its own: what the one before had open is taken back."""
        if self._process != self.world.lives:
            self._leave()
            self._process = self.world.lives
            self._is_closed = self._makes_rows = self._makes_texts = False
        return not self._is_closed

    def _theirs(self) -> sqlite3.Connection:
        if not self._is_mine():
            raise sqlite3.ProgrammingError("Cannot operate on a closed database.")
        return self.file.theirs

    def _leave(self) -> None:
        for cursor in self._cursors.values():
            cursor.close()
        self._cursors.clear()
        self._has_lock = self._has_written = False
        self.file.leave()

    def _statement(self, number: int, sql: str, run: Callable[[sqlite3.Cursor], Any], verb: str = "") -> Any:
        words = sql.upper().replace(";", " ").split()
        verb = verb or (words[0] if words else "nothing")
        if verb in _BEGINS and {"IMMEDIATE", "EXCLUSIVE"}.intersection(words):
            verb = _LOCKS

        def act() -> list[Any]:
            real = self._cursors.get(number)
            if real is None:
                real = self._cursors[number] = self._theirs().cursor()
            run(real)
            columns = real.description
            return [real.rowcount, real.lastrowid, columns and [column[0] for column in columns]]

        return self._step("COMMIT" if verb in _ENDS else verb, act)

    def _step(self, verb: str, act: Callable[[], Any]) -> Any:
        """A step of the learner's code: what goes wrong at it, what it does, and whether that is durable."""
        self._is_mine()
        self._verb = verb
        world, theirs = self.world, self.file.theirs
        before = theirs.total_changes, theirs.in_transaction
        mortal = self._can_change(verb) and not self.calm and (verb != "COMMIT" or before[1])
        if mortal and world.choose(CRASH, verb, ("", KILLED_BEFORE)):
            world.die(f"killed before {verb}")
        told = self._told(self._with_faults(verb, act, before[1]))
        self._is_stale |= verb not in _READS
        self._note(verb, type(told) is not tuple)
        signal, self._signal = self._signal, None
        if signal is not None:
            raise signal
        is_over = before[1] or theirs.total_changes != before[0]
        if is_over and not theirs.in_transaction and type(told) is not tuple and verb != "ROLLBACK":
            self.made_durable()
            if mortal and world.choose(CRASH, verb, ("", KILLED_AFTER)):
                world.die(f"killed after {verb}")
        return told

    @staticmethod
    def _can_change(verb: str) -> bool:
        """Is a kill just before it another story than a kill just before the step that came first?"""
        return verb not in _READS and verb not in _BEGINS and verb != "ROLLBACK"

    def _note(self, verb: str, went_well: bool) -> None:
        """What the transaction holds after this step: the lock to read or to write, and something written."""
        if not self.file.theirs.in_transaction or verb == "ROLLBACK":
            self._has_lock = self._has_written = False
        elif went_well and verb not in _BEGINS:
            self._has_lock = True
            self._has_written |= self._can_change(verb) and verb != _LOCKS

    def _with_faults(self, verb: str, act: Callable[[], Any], is_open: bool) -> Callable[[], Any]:
        """The same act, on the day that the story makes of it."""
        kinds: dict[str, Any] = {}
        if verb == "COMMIT":
            kinds = {"REFUSED": BEING_READ, "UNDECLARED": FULL} if is_open and self._has_written else {}
        elif not self._has_lock and verb not in _BEGINS and verb != "ROLLBACK":
            kinds = {"REFUSED": LOCKED, "DUPLICATE": tuple(self.meanwhile)}
        is_write = self._can_change(verb) and verb not in ("COMMIT", _LOCKS)
        if is_write:
            kinds["UNDECLARED"] = FULL
        kinds = {kind: texts for kind, texts in kinds.items() if texts}
        can_last = [*kinds.values(), *[DAMAGED] * ("UNDECLARED" in kinds), *[ENDED] * is_write]
        fault = self._lasts(can_last) or (self.fault(verb, **kinds) if kinds else "")
        if not fault:
            return act
        if fault == FULL:
            return self.file.fill
        if fault == DAMAGED:
            return lambda: self.file.damaged(begins=verb in _BY_ITSELF)
        if fault == ENDED:
            return lambda: self._ended(act)
        if fault in (LOCKED, BEING_READ):
            return lambda: self._beside(fault, act)
        with suppress(sqlite3.OperationalError):  # A SELECT of theirs that is half read keeps everybody out.
            self.meanwhile[fault]()
        self.file.other.rollback()
        return act

    def _lasts(self, can_last: list[Any]) -> str:
        """What goes wrong at this step because it has not stopped yet; "" if nothing does."""
        lasting = self._lasting
        if lasting == LOCKED_THEN_FULL:
            lasting = LOCKED if self._steps_left == LASTS else FULL
        if lasting not in can_last or not self._steps_left or not self.world.on:
            return ""
        self._steps_left -= 1
        return lasting

    def _beside(self, fault: str, act: Callable[[], Any]) -> Any:
        """The act, while another worker has a transaction open."""
        other = self.file.other
        with suppress(sqlite3.OperationalError):  # Who has the lock already keeps the other one out.
            other.execute("BEGIN EXCLUSIVE" if fault == LOCKED else "BEGIN")
            other.execute(f"SELECT * FROM {self.table}").fetchall()  # noqa: S608 - the suite's own name
        try:
            return act()
        finally:
            if not (fault == BEING_READ == self._lasting and self._steps_left):
                other.rollback()

    def _ended(self, act: Callable[[], Any]) -> None:
        """The act, and a signal at its end: nobody holds what it gave."""
        before = set(self._cursors)
        act()
        for number in set(self._cursors) - before:
            self._cursors.pop(number).close()
        self._signal = Redeployed("a deploy")
        self._goes_wrong(f"Redeployed: {self._signal}")

    def _goes_wrong(self, trouble: str) -> None:
        self.troubles.append(trouble)
        self._last_of[self._verb] = trouble

    def _told(self, act: Callable[[], Any]) -> Any:
        """What it gives; what it raises, as a tuple of class, texts and attributes."""
        try:
            return act()
        except _TOLD as error:
            kind = type(error).__name__
            if getattr(error, "sqlite_errorcode", 0) & PRIMARY in _TROUBLES:
                self._goes_wrong(f"{kind}: {error}")
            self.tell(f"{kind}: {error}")
            attributes = {name: value for name, value in vars(error).items() if type(value) in (str, int)}
            return (kind, [str(each) for each in error.args], attributes)


def _check(parameters: Any) -> None:
    """Raise FoulError for what no connection sends: SQLite asks strange objects what they are."""
    values = parameters.values() if type(parameters) is dict else parameters
    if type(parameters) not in (list, dict) or not _PLAIN.issuperset(map(type, values)):
        raise FoulError("parameters of no known shape")


def _rows_of(cursor: sqlite3.Cursor, many: int) -> list[Row]:
    """Give the next rows. Raises sqlite3.DataError for more than a message can hold."""
    rows: list[Row] = []
    size = 0
    while len(rows) != many and (row := cursor.fetchone()) is not None:
        rows.append(row)
        size += sum([64, *(len(value) for value in row if isinstance(value, str | bytes))])
        if size > BYTES_MAX:
            raise sqlite3.DataError(f"more than {BYTES_MAX:,} bytes of rows at once")
    return rows


def _held(rows: list[Row]) -> str:
    """What a story begins with, in one line."""
    told = [*map(str, rows[:TOLD_MAX]), *["..."] * (len(rows) > TOLD_MAX)]
    return f"holds {', '.join(told) or 'no row'}"
