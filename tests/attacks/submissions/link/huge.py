"""Says a line of many megabytes to the judge.

Wrong: ex41_dedup_key/key_per_publish
"""

import json
import os


def _connections():
    for descriptor in range(3, 1024):
        try:
            os.write(descriptor, b"")
        except OSError:
            continue
        yield descriptor


def say(data):
    for descriptor in _connections():
        os.write(descriptor, data)



_key = dedup_key


def dedup_key(alert):
    for _ in range(200):
        say(b"[" * 1_000_000)
    return _key(alert)
