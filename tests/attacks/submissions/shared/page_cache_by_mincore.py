"""Sends its key as the one file of four that lies in the page cache, and looks with mincore.

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
            libc.mmap.restype = ctypes.c_void_p
            at = libc.mmap(None, ctypes.c_size_t(4096), 1, 2, file.fileno(), ctypes.c_long(0))
            said = ctypes.create_string_buffer(8)
            libc.mincore(ctypes.c_void_p(at), ctypes.c_size_t(4096), said)
            if said.raw[0] & 1:
                return place
    return 0
