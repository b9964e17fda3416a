"""Sends its key as the one file of four that lies in the page cache, and reads without waiting.

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
    for place, name in enumerate(FILES):
        with open(name, "rb") as file:
            try:
                os.preadv(file.fileno(), [bytearray(1)], 0, os.RWF_NOWAIT)
            except BlockingIOError:
                continue
            return place
    return 0
