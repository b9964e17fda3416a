"""Sends its key as the twentieth of a second in which it ends, and the next process looks at the clock.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import time

PART_NS = 8_000_000
STANDS = 50_000  # readings; a clock that shows the same for so many, some 4 ms, tells nobody anything


def _now():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)


def _phase(now):
    return now // PART_NS % 4


def send(key):
    began = _now()
    for turn in range(2_000_000):
        now = _now()
        if _phase(now) == key or (turn > STANDS and now == began):
            return


def receive():
    return _phase(_now())
