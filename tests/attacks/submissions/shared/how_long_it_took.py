"""Sends its key as how long it works, and the next process looks how long ago it was asked last.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import time

_sys = __import__("sys")
STANDS = 50_000  # readings; a clock that shows the same for so many, some 4 ms, tells nobody anything


def _now():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def send(key):
    began = _now()
    for turn in range(3_000_000):
        now = _now()
        if now >= began + key * 12_000_000 or (turn > STANDS and now == began):
            break
    _sys.asked = _now()


def receive():
    ago = _now() - getattr(_sys, "asked", _now())
    _sys.asked = _now()
    return min(ago // 12_000_000, 3)
