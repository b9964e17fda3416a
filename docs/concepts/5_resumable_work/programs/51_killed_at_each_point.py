def publish(marker, rang):
    yield "before the claim"
    marker["disk-7"] = "in progress"
    yield "before it rings"
    rang.append("disk-7")
    yield "before we hear of it"
    marker["disk-7"] = "published"
    yield "after the last write"


for steps in range(1, 5):
    marker, rang = {"disk-7": "pending"}, []
    work = publish(marker, rang)
    for _ in range(steps):
        point = next(work)
    # Nobody goes on from here: the process is gone.
    print(f"killed {point:22} {marker['disk-7']:13} rang: {len(rang)}")
