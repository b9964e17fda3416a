import sqlite3
from pathlib import Path

Path("alerts.db").unlink(missing_ok=True)
workers = [sqlite3.connect("alerts.db") for _ in range(2)]
with workers[0] as worker:
    worker.execute("create table alerts (id, state)")
    worker.execute("insert into alerts values ('disk-7', 'pending')")

claim = "update alerts set state = 'in progress' where id = 'disk-7' and state = 'pending'"
for number, worker in enumerate(workers, 1):
    with worker:  # its end commits: until then a kill takes the claim back
        claimed = worker.execute(claim).rowcount == 1
    print("worker", number, "rings" if claimed else "leaves disk-7 alone")
    worker.close()
