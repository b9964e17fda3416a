import sqlite3
from pathlib import Path

worker = sqlite3.connect("alerts.db")
worker.execute("CREATE TABLE alerts (key, state)")
worker.execute("INSERT INTO alerts VALUES ('disk-7', 'in progress')")
print("the phone rings")
worker.close()  # the process is killed here

next_process = sqlite3.connect("alerts.db")
found = next_process.execute("SELECT * FROM alerts").fetchall()
print("the next process finds", found)
next_process.close()
Path("alerts.db").unlink()
