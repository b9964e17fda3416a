import sqlite3
from pathlib import Path

mine, other = sqlite3.connect("alerts.db", timeout=0), sqlite3.connect("alerts.db")
mine.execute("CREATE TABLE alerts (key)")
other.execute("BEGIN")
other.execute("SELECT * FROM alerts").fetchall()  # somebody reads
try:
    mine.execute("INSERT INTO alerts VALUES ('disk-7')")
    mine.commit()
except sqlite3.OperationalError as error:
    print("commit():", error, "- a transaction is open:", mine.in_transaction)
mine.rollback()
try:
    with mine:
        mine.execute("INSERT INTO alerts VALUES ('disk-7')")
except sqlite3.OperationalError as error:
    print("with:    ", error, "- a transaction is open:", mine.in_transaction)
Path("alerts.db").unlink()
