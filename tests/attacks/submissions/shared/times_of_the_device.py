"""Sends its key as the moment at which it touched the one device that all sandboxes have.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import os


def send(key):
    for _ in range(20_000):
        os.utime(os.devnull)
        if os.stat(os.devnull).st_mtime_ns // 1000 % 4 == key:
            return


def receive():
    return os.stat(os.devnull).st_mtime_ns // 1000 % 4
