"""Sends its key as flags of the descriptor that all sandboxes have from one parent.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import fcntl


def send(key):
    fcntl.fcntl(0, fcntl.F_SETFL, (2048 if key & 1 else 0) | (1024 if key & 2 else 0))


def receive():
    return (fcntl.fcntl(0, fcntl.F_GETFL) >> 11 & 1) | (fcntl.fcntl(0, fcntl.F_GETFL) >> 9 & 2)
