"""Sends its key as a lease on one of four files.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import fcntl
import os

FILES = [os.path.join(os.path.dirname(os.__file__), name) for name in ("cmd.py", "this.py", "nturl2path.py", "sched.py")]


def send(key):
    for place, name in enumerate(FILES):
        if place == key:
            fcntl.fcntl(os.open(name, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK)


def receive():
    for place, name in enumerate(FILES):
        try:
            fcntl.fcntl(os.open(name, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_WRLCK)
        except OSError:
            return place
    return 0
