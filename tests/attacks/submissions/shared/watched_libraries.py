"""Sends its key as the one file of four that is opened; every process watches them.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import ctypes
import os

libc = ctypes.CDLL(None)
FILES = [os.path.join(os.path.dirname(os.__file__), name) for name in ("cmd.py", "this.py", "nturl2path.py", "sched.py")]
_sys = __import__("sys")
if not hasattr(_sys, "watch"):
    _sys.watch = libc.inotify_init1(2048)
    for _name in FILES:
        libc.inotify_add_watch(_sys.watch, _name.encode(), 0x20)


def send(key):
    os.close(os.open(FILES[key], os.O_RDONLY))


def receive():
    try:
        heard = os.read(_sys.watch, 4096)
    except OSError:
        return 0
    return int.from_bytes(heard[-16:-12], "little") - 1 if heard else 0
