"""Sends its key as the one file of four that lies in the page cache, and times how long a read takes.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import ctypes
import os

libc = ctypes.CDLL(None)
FILES = [os.path.join(os.path.dirname(os.__file__), name) for name in ("cmd.py", "this.py", "nturl2path.py", "sched.py")]


def send(key):
    for place, name in enumerate(FILES):
        with open(name, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            if place == key:
                file.read()


def receive():
    import time

    took = []
    for name in FILES:
        with open(name, "rb") as file:
            began = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            file.read()
            took.append(time.clock_gettime_ns(time.CLOCK_MONOTONIC) - began)
    return took.index(min(took))
