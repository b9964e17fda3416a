"""Sends its key as the signal that news on standard input would come with.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import fcntl


def send(key):
    fcntl.fcntl(0, 10, 40 + key)


def receive():
    return max(fcntl.fcntl(0, 11) - 40, 0)
