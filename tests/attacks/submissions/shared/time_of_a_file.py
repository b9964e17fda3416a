"""Reads the clock off a file that it has just written, and sends its key as its phase.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import os
import tempfile

PART_NS = 16_000_000


def _phase():
    with tempfile.TemporaryFile() as file:
        file.write(b"x")
        file.flush()
        return os.fstat(file.fileno()).st_mtime_ns // PART_NS % 4


def send(key):
    for _ in range(20_000):
        if _phase() == key:
            return


def receive():
    return _phase()
