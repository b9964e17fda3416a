"""Sends its key as how much memory the machine has left.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import ctypes

libc = ctypes.CDLL(None)
_sys = __import__("sys")


def _free():
    said = (ctypes.c_uint64 * 32)()
    libc.sysinfo(said)
    return said[5]


def send(key):
    _sys.held = [bytearray(b"x") * (key * 24 << 20)]


def receive():
    before = getattr(_sys, "free_before", None) or _free()
    _sys.free_before = before
    return min(max((before - _free()) // (20 << 20), 0), 3)
