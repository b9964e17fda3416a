"""Sends its key as its own priority, and the core that it asks for.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import os


def send(key):
    os.setpriority(os.PRIO_USER, 0, key + 1)
    os.sched_setaffinity(0, {key % 2})


def receive():
    return max(os.getpriority(os.PRIO_USER, 0) - 1, 0) % 4
