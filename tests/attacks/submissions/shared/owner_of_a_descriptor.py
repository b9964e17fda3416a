"""Sends its key as who is told of news on standard input.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import fcntl


def send(key):
    fcntl.fcntl(0, fcntl.F_SETOWN, key + 1)


def receive():
    return max(fcntl.fcntl(0, fcntl.F_GETOWN) - 1, 0)
