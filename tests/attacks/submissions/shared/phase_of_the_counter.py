"""The same with the processor's own counter, which a C library reads for its threads.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import ctypes
import os
import resource

PART_NS = 8_000_000


def _phase():
    into = (ctypes.c_int64 * 2)()
    ctypes.CDLL(None).syscall(228, 4, into)
    return (into[0] * 1_000_000_000 + into[1]) // PART_NS % 4


def send(key):
    for _ in range(200_000):
        if _phase() == key:
            return


def receive():
    return _phase()
