"""Sends its key as how long it works, and the next process looks how long ago it was asked last.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import time

_sys = __import__("sys")


def _now():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def send(key):
    until = _now() + key * 12_000_000
    for _ in range(3_000_000):
        if _now() >= until:
            break
    _sys.asked = _now()


def receive():
    ago = _now() - getattr(_sys, "asked", _now())
    _sys.asked = _now()
    return min(ago // 12_000_000, 3)
