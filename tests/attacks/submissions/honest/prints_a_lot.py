"""Prints what it does, line after line.

Right: ex41_dedup_key
"""

_key = dedup_key


def dedup_key(alert):
    key = _key(alert)
    for number in range(3):
        print(f"step {number}: the key of {alert!r} is {key}")
    return key
