import sqlite3
from pathlib import Path

mine, other = sqlite3.connect("alerts.db"), sqlite3.connect("alerts.db", timeout=0)
mine.execute("CREATE TABLE alerts (key)")


def it_rings(when):
    try:
        with other:
            other.execute("INSERT INTO alerts VALUES ('api-2')")
        print(when, "another worker writes")
    except sqlite3.OperationalError as error:
        print(when, "another worker gets:", error)


mine.execute("INSERT INTO alerts VALUES ('disk-7')")
it_rings("before the commit:")
mine.commit()
it_rings("after the commit: ")
rows = mine.execute("SELECT key FROM alerts")
it_rings(f"between {next(rows)} and the next row:")
Path("alerts.db").unlink()
