"""The database that the judge owns: what a learner's connection is, and what can go wrong at a statement."""

import sqlite3

import pytest
from kernel_cases import EveryStory, only_story, unit_of

from halfway.kit import CRASH, DUPLICATE, REFUSED, UNDECLARED, Port, ports
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe


class Database(ports.Database):
    """A table of notes."""

    schema, table = "CREATE TABLE notes (name TEXT PRIMARY KEY, text TEXT NOT NULL)", "notes"


def ran(body, rows=(), link=Direct, lasts=""):
    """What `def work(db)` gives, and its database when its process has ended; this goes wrong all the time."""
    source = f"import contextlib, sqlite3\n\ndef work(db):\n{body}"
    with unit_of(source, link=link) as unit:
        story = only_story(unit)
        database = Database(story, rows)
        if lasts:
            database.stays(lasts)
        with story.process() as process:
            end = process.run(unit.work.later(database))
        return str(end), database


def ends(body, faults, rows=(), depth=1):
    """How each story ended, by its replay string, and the durable rows then."""
    said = {}
    with unit_of(f"import sqlite3\n\ndef work(db):\n{body}") as unit:
        for story in EveryStory(unit)(faults, depth=depth):
            database = Database(story, rows)
            database.meanwhile = {"another worker writes": lambda d=database: d.others_write(OTHER)}
            with story.process() as process:
                end = process.run(unit.work.later(database))
            said[story.replay] = ("crashed" if process.crashed else str(end), database.rows)
    return said


OTHER = "INSERT OR IGNORE INTO notes VALUES ('b', 'theirs')"
INSERT = """
    with db:
        db.execute("INSERT INTO notes VALUES (?, ?)", ("a", "mine"))
"""


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_a_connection_does_what_pythons_own_does(link):
    """Rows, counts, names, errors and transactions are those of sqlite3, over every link."""
    body = """
    told = [isinstance(db, sqlite3.Connection), db.in_transaction, db.isolation_level, db.text_factory is str]
    cursor = db.execute("INSERT INTO notes VALUES (:name, :text)", {"name": "b", "text": "second"})
    told += [cursor.rowcount, cursor.lastrowid, db.in_transaction]
    db.commit()
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    told += [[dict(row) for row in cursor.execute("SELECT name, text FROM notes ORDER BY name")]]
    told += [next(db.execute("SELECT count(*) FROM notes")), cursor.fetchone(), cursor.fetchall()]
    try:
        db.executemany("INSERT INTO notes VALUES (?, ?)", [("c", "third"), ("b", "again")])
    except sqlite3.IntegrityError as error:
        told += [str(error), error.sqlite_errorname, db.in_transaction]
        db.rollback()
    db.text_factory = bytes
    told += [db.execute("SELECT name, 1 FROM notes ORDER BY name").fetchone()]
    return told + [db.total_changes > 0, db.in_transaction]
"""
    end, database = ran(body, [("a", "first")], link)
    rows = [{"name": "a", "text": "first"}, {"name": "b", "text": "second"}]
    told = [True, False, "", True, 1, 2, True, rows, (2,), None, []]
    told += [
        "UNIQUE constraint failed: notes.name",
        "SQLITE_CONSTRAINT_PRIMARYKEY",
        True,
        (b"a", 1),
        True,
        False,
    ]
    assert end == f"returned {told!r}"
    assert database.rows == [("a", "first"), ("b", "second")]


def test_what_is_not_committed_ends_with_its_process():
    """Another process finds what was committed alone, and nobody is locked out."""
    end, database = ran("    db.execute(\"INSERT INTO notes VALUES ('a', 'mine')\")\n")
    assert (end, database.rows) == ("returned None", [])
    assert database.others_cannot_write() == "database is locked"
    database.gone()


def test_a_statement_can_be_the_last_one_or_find_a_lock_or_a_full_disk():
    """CRASH before each step and after what is durable; REFUSED and UNDECLARED are SQLite's own errors."""
    locked, full = (
        "raised OperationalError: database is locked",
        "raised OperationalError: database or disk is full",
    )
    a = [("a", "mine")]
    assert ends(INSERT, {CRASH, REFUSED, UNDECLARED}) == {
        "": ("returned None", a),
        "INSERT~1~killed-before-it": ("crashed", []),
        "INSERT~2~another-worker-holds-the-lock": (locked, []),
        "INSERT~2~the-disk-is-full": (full, []),
        "COMMIT~1~killed-before-it": ("crashed", []),
        "COMMIT~2~another-worker-is-in-the-middle-of-a-SELECT": (locked, []),
        "COMMIT~2~the-disk-is-full": (full, []),
        "COMMIT~3~killed-after-it": ("crashed", a),
    }


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Database.LOCKED, "database is locked"),
        (Database.BEING_READ, "database is locked"),
        (Database.FULL, "database or disk is full"),
        (Database.DAMAGED, "database disk image is malformed"),
    ],
)
def test_trouble_that_stays_is_met_at_every_try(trouble, error):
    """Whoever tries again a few times meets it again; and in the end it is over."""
    body = """
    tries = 0
    while True:
        tries += 1
        try:
            db.execute("INSERT OR IGNORE INTO notes VALUES ('a', 'mine')")
            db.commit()
            return tries, said
        except sqlite3.DatabaseError as error:
            said = str(error)
            KEEPS
"""
    for keeps in ("db.rollback()", "pass"):
        with unit_of(f"import sqlite3\n\ndef work(db):\n{body.replace('KEEPS', keeps)}") as unit:
            story = only_story(unit)
            database = Database(story)
            database.stays(trouble)
            with story.process() as process:
                end = process.run(unit.work.later(database))
            assert end.value == (61, error)
            assert database.rows == [("a", "mine")]


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_a_damaged_file_leaves_the_transaction_open(link):
    """It is an error of another class than a lock, and Python has begun the transaction by itself."""
    body = """
    try:
        db.execute("INSERT INTO notes VALUES ('a', 'mine')")
    except sqlite3.DatabaseError as error:
        return type(error).__name__, error.sqlite_errorname, db.in_transaction
"""
    end, database = ran(body, link=link, lasts=Database.DAMAGED)
    assert end == "returned ('DatabaseError', 'SQLITE_CORRUPT', True)"
    assert database.troubles == ["DatabaseError: database disk image is malformed"]


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_a_signal_comes_once_in_the_middle_of_a_statement(link):
    """What the statement did is there, and is taken back or not; the next statement goes well."""
    body = """
    try:
        for name in "ab":
            db.execute("INSERT INTO notes VALUES (?, 'mine') RETURNING name", (name,))
    except SystemExit as stop:
        held = db.execute("SELECT name FROM notes").fetchall()
        db.rollback()
        db.execute("INSERT INTO notes VALUES ('c', 'mine')")
        db.commit()
        return type(stop).__name__, held, db.in_transaction
"""
    end, database = ran(body, link=link, lasts=Database.ENDED)
    assert end == "returned ('Redeployed', [('a',)], False)"
    assert (database.rows, database.troubles) == ([("c", "mine")], ["Redeployed: a deploy"])


def test_another_worker_writes_between_two_transactions():
    """DUPLICATE: what a suite names happens before a statement that begins one, and never inside of one."""
    both = [("a", "mine"), ("b", "theirs")]
    assert ends(INSERT, {DUPLICATE}) == {
        "": ("returned None", [("a", "mine")]),
        "INSERT~1~another-worker-writes": ("returned None", both),
    }


def test_a_cursor_that_nobody_holds_holds_no_lock():
    """A SELECT that is half read keeps others out for as long as somebody holds its cursor."""
    rows = [("a", "1"), ("b", "2"), ("c", "3")]
    held = """
    global rows
    rows = db.execute("SELECT * FROM notes")
    return next(rows)
"""
    dropped = "    return next(db.execute('SELECT * FROM notes'))\n"
    _, database = ran(held, rows)
    assert database.others_cannot_write() == "database is locked"
    _, database = ran(dropped, rows)
    assert database.others_cannot_write() == ""


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH DATABASE 'elsewhere.db' AS elsewhere",
        "VACUUM INTO 'elsewhere.db'",
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE other (name)",
        "DROP TABLE notes",
        "CREATE TEMP TABLE other (name)",
        "SELECT load_extension('elsewhere')",
        "SELECT zeroblob(5000000)",
        "SELECT count(*) FROM notes a, notes b, notes c, notes d, notes e, notes f, notes g, notes h",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n",
    ],
)
def test_a_statement_reaches_the_one_table_alone(statement, tmp_path, monkeypatch):
    """No other file, no other table, no settings, and no statement without an end: the judge executes it."""
    monkeypatch.chdir(tmp_path)
    body = f"    try:\n        db.execute({statement!r}).fetchall()\n    except sqlite3.Error as error:\n        return 'refused'\n"
    end, _ = ran(body, [(str(number), "") for number in range(10)])
    assert end == "returned 'refused'"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("statement", "troubles"),
    [
        ("ROLLBACK", []),
        ("SELECT nothing FROM notes", []),
        ("INSERT INTO notes VALUES ('a', 'again')", []),
        ("DELETE FROM notes", ["OperationalError: database is locked"]),
    ],
)
def test_what_a_statement_raises_by_itself_is_no_trouble(statement, troubles):
    """A row that is there, or nothing to take back, is no fault of the database's; a lock is."""
    body = f"    with contextlib.suppress(sqlite3.Error):\n        db.execute({statement!r})\n"
    _, database = ran(body, [("a", "1")], lasts=Database.LOCKED if troubles else "")
    assert database.troubles == troubles


def test_a_connection_is_handed_back_as_it_was():
    """What is otherwise than it was is named: a transaction, a level, a way to make rows, a closed one."""
    _, database = ran(
        "    db.isolation_level = None\n    db.row_factory = sqlite3.Row\n    db.text_factory = bytes\n"
        "    db.execute('BEGIN')\n"
    )
    assert database.changed == [
        "a transaction is open",
        "its isolation_level is None",
        "it has a row_factory",
        "it has a text_factory",
    ]
    end, database = ran("    db.close()\n    db.execute('SELECT 1')\n")
    assert database.changed == ["it is closed"]
    assert end == "raised ProgrammingError: Cannot operate on a closed database."


def test_what_needs_sqlites_own_connection_says_so():
    """A method for which nothing stands in is refused by its name."""
    end, _ = ran("    db.create_function('f', 0, int)\n")
    assert end.startswith("raised NotSupportedError: create_function() is not to be had")


def test_one_file_serves_many_stories():
    """A story begins with its own rows, whatever the one before has left in the file."""
    _, first = ran("    db.isolation_level = None\n    db.execute('BEGIN IMMEDIATE')\n", [("a", "1")])
    file = first.file
    first.gone()
    _, second = ran("    return db.isolation_level\n", [("b", "2")])
    assert second.file is file
    assert second.rows == [("b", "2")]
    assert isinstance(file.theirs, sqlite3.Connection)


def test_a_new_process_has_a_connection_as_any():
    """What one process has set on it is gone with that process."""
    source = """
        import sqlite3

        def sets(db):
            db.row_factory, db.text_factory = sqlite3.Row, bytes

        def looks(db):
            return db.execute("SELECT name FROM notes").fetchone()
    """
    with unit_of(source) as unit:
        story = only_story(unit)
        database = Database(story, [("a", "first")])
        with story.process():
            unit.sets(database)
            assert len(database.changed) == 2
        with story.process():
            assert unit.looks(database) == ("a",)
    assert database.changed == []


def test_the_judges_own_connection_is_not_served():
    """What a suite does with the file is no method that a message could call."""
    assert set(Database.methods) == {
        *("execute", "executemany", "executescript", "fetch", "close_cursor"),
        *("commit", "rollback", "close", "get", "level", "makes_rows", "makes_texts"),
    }


class Driver(Port):
    """Something with a database of its own, which is locked."""

    raises = (sqlite3.Error,)

    def call(self):
        raise sqlite3.OperationalError("a database of its own is locked")


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_an_error_of_somebody_elses_database_is_sqlites_own(link):
    """What another port raises with SQLite's class has that class for the learner's code."""
    body = "    try:\n        db.call()\n    except sqlite3.OperationalError as error:\n        return str(error)\n"
    with unit_of(f"import sqlite3\n\ndef work(db):\n{body}", link=link) as unit:
        story = only_story(unit)
        with story.process() as process:
            end = process.run(unit.work.later(Driver(story)))
    assert end.value == "a database of its own is locked"
