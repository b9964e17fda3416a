"""Remembers its keys across a crash in memory that all processes share.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: noted_in_this_process keys_remembered
Uses: keys_remembered
"""

import ctypes
import json

libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0x48414C46, 1 << 16, 0o1666)
place = libc.shmat(segment, None, 0)
NOTED = {}


def _usable():
    return segment >= 0 and place not in (None, ctypes.c_void_p(-1).value)


def _read():
    text = ctypes.string_at(place) if _usable() else b""
    return json.loads(text) if text else dict(NOTED)


def remember(name, key):
    noted = {**_read(), name: key}
    NOTED.update(noted)
    if _usable():
        data = json.dumps(dict(list(noted.items())[-100:])).encode()[: (1 << 16) - 1]
        ctypes.memmove(place, data + b"\0", len(data) + 1)


def recall(name):
    return _read().get(name)
