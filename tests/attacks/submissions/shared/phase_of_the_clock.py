"""Sends its key as the twentieth of a second in which it ends, and the next process looks at the clock.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import time

PART_NS = 8_000_000


def _phase():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW) // PART_NS % 4


def send(key):
    for _ in range(2_000_000):
        if _phase() == key:
            return


def receive():
    return _phase()
