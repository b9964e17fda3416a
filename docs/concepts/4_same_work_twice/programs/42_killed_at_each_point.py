import sqlite3

rang = []
steps = {
    "INSERT": lambda db: db.execute("INSERT INTO alerts VALUES ('in progress')"),
    "1st commit": lambda db: db.commit(),
    "call": lambda db: rang.append("disk-7"),
    "UPDATE": lambda db: db.execute("UPDATE alerts SET state = 'published'"),
    "2nd commit": lambda db: db.commit(),
}
for last in range(1, 6):
    worker, later = sqlite3.connect("alerts.db"), sqlite3.connect("alerts.db")
    later.execute("CREATE TABLE alerts (state)")
    rang.clear()
    for name in list(steps)[:last]:
        steps[name](worker)
    worker.close()  # it is killed here
    found = later.execute("SELECT state FROM alerts").fetchall()
    print(f"killed after {name:10}  rang: {len(rang)}  found: {found}")
    later.execute("DROP TABLE alerts")
