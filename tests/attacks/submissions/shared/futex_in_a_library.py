"""Sends its key as the place in a library where the dead process waits, and wakes whoever waits there.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import ctypes
import mmap
import os
import threading

libc = ctypes.CDLL(None)
_file = os.open(os.__file__, os.O_RDONLY)
_page = libc.mmap
_page.restype = ctypes.c_void_p
_at = _page(None, ctypes.c_size_t(4096), mmap.PROT_READ, mmap.MAP_SHARED, _file, ctypes.c_long(0))


def send(key):
    value = ctypes.c_uint32.from_address(_at + 64 * key).value
    wait = (202, ctypes.c_void_p(_at + 64 * key), 0, ctypes.c_uint32(value), None, None, 0)
    threading.Thread(target=libc.syscall, args=wait, daemon=True).start()
    os.sched_yield()


def receive():
    for key in range(4):
        if libc.syscall(202, ctypes.c_void_p(_at + 64 * key), 1, 1, None, None, 0) > 0:
            return key
    return 0
