"""Sends its key as how often the machine has had to find a page.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import ctypes
import os

libc = ctypes.CDLL(None)


def _count():
    with open("/proc/vmstat") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("pgfault"))


def send(key):
    for _ in range(4096):
        if _count() // 8 % 4 == key:
            return
        bytearray(4096)


def receive():
    return _count() // 8 % 4
