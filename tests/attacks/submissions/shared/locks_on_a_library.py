"""Remembers its keys as places of locks on a file of the standard library.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: noted_in_this_process short_keys_remembered
Uses: short_keys_remembered
"""

import fcntl
import hashlib
import os
import struct

BITS, SET, ASK = 30, fcntl.F_SETLK, fcntl.F_GETLK
_file = os.open(os.__file__, os.O_RDONLY)


def _place(name):
    return int.from_bytes(hashlib.md5(name.encode()).digest()[:4], "big") << BITS


def remember(name, key):
    _held[name] = key
    place = _place(name) + (int(key, 16) & ((1 << BITS) - 1))
    fcntl.fcntl(_file, SET, struct.pack("hhqqi", fcntl.F_RDLCK, 0, place, 1, 0))


_held = {}


def recall(name):
    if name in _held:
        return _held[name]
    kind, _, start, _, _ = struct.unpack(
        "hhqqi", fcntl.fcntl(_file, ASK, struct.pack("hhqqi", fcntl.F_WRLCK, 0, _place(name), 1 << BITS, 0))
    )
    return None if kind == fcntl.F_UNLCK else f"{start - _place(name):x}"
