marker = {"disk-7": "pending", "cpu-3": "pending"}  # durable: it outlives a process
rang, deploys = [], ["is stopped by a deploy"]


def publish(alert):
    marker[alert] = "in progress"
    if deploys:
        raise SystemExit(deploys.pop())
    rang.append(alert)
    marker[alert] = "published"


for process in ("process 1", "process 2"):
    try:
        for alert in [name for name, state in marker.items() if state == "pending"]:
            publish(alert)
    except SystemExit as stop:
        print(process, stop)
print("rang for", rang, "and left", marker)
