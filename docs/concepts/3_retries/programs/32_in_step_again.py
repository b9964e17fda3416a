import random


def next_delay(attempt, rng):
    wait = 2 * 2 ** (attempt - 1) * rng.uniform(0.5, 1.5)
    return round(min(60, wait), 1)


agents = {name: random.Random(name) for name in ("api", "db", "disk", "mail")}
for attempt in (1, 4, 7, 8, 9):  # each time all of them fail in one moment
    waits = {name: next_delay(attempt, rng) for name, rng in agents.items()}
    print(f"attempt {attempt}: {waits}")
