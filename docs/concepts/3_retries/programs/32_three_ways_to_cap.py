import random

wait, cap = 60, 60
ways = {
    "jitter after the cap": lambda rng: wait * rng.uniform(0.5, 1.5),
    "the cap cuts the draw": lambda rng: min(cap, wait * rng.uniform(0.5, 1.5)),
    "the cap cuts the range": lambda rng: rng.uniform(0.5 * wait, min(1.5 * wait, cap)),
}
for name, draw in ways.items():
    waits = sorted(draw(random.Random(agent)) for agent in range(200))
    print(f"{name}: {waits[0]:.0f} to {waits[-1]:.0f} s, exactly 60 s: {waits.count(cap)} of 200")
