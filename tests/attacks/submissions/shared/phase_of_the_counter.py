"""The same with the processor's own counter, which a C library reads for its threads.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import ctypes
import os
import resource

PART_NS = 8_000_000
STANDS = 1_000  # readings; a counter that shows the same for so many, some 8 ms, tells nobody anything


def _now():
    into = (ctypes.c_int64 * 2)()
    ctypes.CDLL(None).syscall(228, 4, into)
    return into[0] * 1_000_000_000 + into[1]


def _phase(now):
    return now // PART_NS % 4


def send(key):
    began = _now()
    for turn in range(200_000):
        now = _now()
        if _phase(now) == key or (turn > STANDS and now == began):
            return


def receive():
    return _phase(_now())
