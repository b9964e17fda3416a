import sqlite3

workers = [sqlite3.connect("alerts.db") for _ in range(2)]
with workers[0] as table:
    table.execute("create table alerts (id, state)")
    table.execute("insert into alerts values ('disk-7', 'pending')")

claim = "update alerts set state = 'in progress' where id = 'disk-7' and state = 'pending'"
for number, table in enumerate(workers, 1):
    with table:  # its end commits: until then a kill takes the claim back
        claimed = table.execute(claim).rowcount == 1
    print("worker", number, "rings" if claimed else "leaves disk-7 alone")
    table.close()
