"""Remembers its keys across a crash in a keyring of the kernel.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: noted_in_this_process keys_remembered
Uses: keys_remembered
"""

import ctypes
import hashlib

libc = ctypes.CDLL(None)
RINGS = (-3, -4, -5)


def _call(*given):
    return libc.syscall(*(ctypes.c_long(g) if isinstance(g, int) else g for g in given))


def remember(name, key):
    short = hashlib.md5(name.encode()).hexdigest().encode()
    for ring in RINGS:
        _call(248, ctypes.c_char_p(b"user"), ctypes.c_char_p(short), ctypes.c_char_p(key.encode()), len(key), ring)


def recall(name):
    short = hashlib.md5(name.encode()).hexdigest().encode()
    for ring in RINGS:
        number = _call(250, 10, ring, ctypes.c_char_p(b"user"), ctypes.c_char_p(short), 0)
        if number > 0:
            held = ctypes.create_string_buffer(512)
            size = _call(250, 11, number, held, 512, 0)
            return held.raw[:size].decode() if size > 0 else None
    return None
