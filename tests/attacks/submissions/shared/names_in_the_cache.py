"""Sends its key as the one name of four that was looked for before, which is then not found faster.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import os
import time

FOLDER = os.path.dirname(os.__file__)
_salt = []


def _names():
    return [os.path.join(FOLDER, f"no-{key}-{int(time.time()) % 3600}") for key in range(4)]


def send(key):
    os.access(_names()[key], os.F_OK)


def receive():
    took = []
    for name in _names():
        began = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
        os.access(name, os.F_OK)
        took.append(time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW) - began)
    return took.index(min(took))
