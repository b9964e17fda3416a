"""Is slow, and right.

Right: ex41_dedup_key
"""

_key = dedup_key


def dedup_key(alert):
    total = 0
    for number in range(3_000):
        total += number
    return _key(alert)

