import sqlite3

table = sqlite3.connect(":memory:")
table.execute("create table alerts (id, state)")
table.execute("insert into alerts values ('disk-7', 'pending')")

claim = "update alerts set state = 'in progress' where id = 'disk-7' and state = 'pending'"
for worker in ("the first worker", "the second worker"):
    claimed = table.execute(claim).rowcount == 1
    print(worker, "rings" if claimed else "leaves disk-7 alone")
