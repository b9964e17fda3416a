"""Publish an alert once, across crashes, with one table.

`db` is an open connection to a file that other workers use, too. It is in Python's default mode, with no
row_factory, no text_factory and no transaction open. All reading and writing goes through it and its cursors:
statements on the table `alerts`, no other table, no PRAGMA. BEGIN, COMMIT, ROLLBACK and savepoints are
allowed. Its settings (isolation_level, both factories) may be changed, and are put back before a call ends.
No statement waits for a lock here: it raises sqlite3.OperationalError, as it does when the disk is full.
Where the file is damaged it raises another sqlite3.Error. A deploy may raise SystemExit in the middle of a
statement that writes rows, or of an executescript, but not of BEGIN, COMMIT, ROLLBACK or a savepoint. A
statement may be tried again; its last error is passed on.

An error that is passed on "as it is" is the same object, with nothing taken away, and nothing added but lines
of its traceback. No error of your clean-up takes its place: rolling back an open transaction never fails
here. It gains no context: Python adds one to what is raised in an `except` block. Nobody calls you in one.
"""

import sqlite3
from typing import Protocol

__all__ = ["SCHEMA", "Phone", "publish", "recover"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS alerts (
    key   TEXT NOT NULL PRIMARY KEY,
    text  TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('in progress', 'published'))
)
"""


class Phone(Protocol):
    """The on-call phone, which knows keys, and remembers each for a day after it has rung."""

    def ring(self, key: str, text: str) -> None:
        """Ring, and return when it has rung. That takes no time, or seconds, or years.

        For a key under which it rang within the last day it stays quiet, and returns all the same; two calls
        at once with one key ring once.
        ConnectionRefusedError: this call has not rung.
        Any other error, such as TimeoutError or ConnectionResetError, whatever its cause: it may have rung.
        """


def publish(db: sqlite3.Connection, phone: Phone, key: str, text: str) -> None:
    """Return once the phone has rung for this alert and the database says so durably.

    db: a connection, as above.
    phone: a Phone.
    key: a str of 1 to 255 printable ASCII characters. A space is one of them.
    text: a str that UTF-8 can encode, also an empty one. A key always comes with the same text.

    Before the phone is called, the database says durably that the alert is in progress, and holds all that
    `recover` needs to finish it.
    For an alert that is published when `publish` begins, the phone is not called. For one in progress it is
    called, whoever wrote the row, even if it was published before and somebody has put it back.
    The phone is called at most once, and while it rings no transaction is open: other workers can write.
    There is one thread, and in it one call of `publish` or `recover` at a time. There is no time limit: a
    call of the phone takes as long as it takes.
    What the phone raises is passed on as it is, a SystemExit or a group of errors too, and the alert stays in
    progress, unless another worker publishes it.
    Other workers may publish the same alert at the same time: that a row is there already is no error, and
    the phone may or may not be called for what they publish meanwhile.
    Other alerts are left alone, no row is deleted, and no text is changed.
    What the database raises is passed on as it is, for a published alert too.
    However `publish` ends, `db` is as it was: open, in no transaction, with nothing half read, and with its
    settings.

    Left behind: nothing or in progress (publish again, or recover); or published.
    """
    with db:
        db.execute("INSERT INTO alerts VALUES (?, ?, 'in progress') ON CONFLICT DO NOTHING", (key, text))
    (state,) = db.execute("SELECT state FROM alerts WHERE key = ?", (key,)).fetchone()
    if state == "published":
        return
    # No transaction is open here: what has to survive is in the file, and nobody waits for us.
    phone.ring(key, text)
    _mark(db, key)


def recover(db: sqlite3.Connection, phone: Phone) -> int:
    """Finish every alert that is in progress, and return how many alerts it has published.

    db: a connection, as above.
    phone: a Phone.

    The phone is called once for each alert that is in progress when `recover` begins, in any order, however
    often that failed before. An alert for which it returns is durably published before the next call.
    While it rings no transaction is open: other workers can write.
    After an Exception of the phone, whichever, be it a sqlite3.Error of its own or an ExceptionGroup, that
    alert stays in progress, and the others are finished all the same. Anything else, such as SystemExit or
    a BaseExceptionGroup that is no Exception, is passed on at once as it is. So is what the database raises,
    which is no failure of a call.
    No row is deleted, and no text is changed.
    However `recover` ends, `db` is as it was: open, in no transaction, with nothing half read, and with its
    settings.
    Nobody else publishes the alerts that are in progress when it begins. Alerts that others begin meanwhile
    may be left, or finished and counted, too.

    Left behind: every alert in progress or, after the phone has rung for it, published.
    """
    finished = 0
    for key, text in db.execute("SELECT key, text FROM alerts WHERE state = 'in progress'").fetchall():
        try:
            phone.ring(key, text)
        except Exception:
            # Refused or unknown: the marker stays, and the next recovery rings again under the same key.
            continue
        _mark(db, key)
        finished += 1
    return finished


def _mark(db: sqlite3.Connection, key: str) -> None:
    with db:
        db.execute("UPDATE alerts SET state = 'published' WHERE key = ?", (key,))
