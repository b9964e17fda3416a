"""Sends its key as how many processes the machine has ever had.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import ctypes
import os

libc = ctypes.CDLL(None)


def _count():
    with open("/proc/stat") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("processes"))


def send(key):
    for _ in range(4096):
        if _count() // 8 % 4 == key:
            return
        child = libc.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)


def receive():
    return _count() // 8 % 4
