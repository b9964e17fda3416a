"""Reads the clock off the pipe to the judge, and sends its key as its phase.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import os

PART_NS = 16_000_000


def _phase():
    times = [os.fstat(number) for number in range(3, 9) if os.access(".", os.F_OK)]
    return max(max(t.st_mtime_ns, t.st_atime_ns) for t in times) // PART_NS % 4


def send(key):
    for _ in range(20_000):
        if _phase() == key:
            return


def receive():
    return _phase()
