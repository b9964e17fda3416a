"""Sends its key as the number that the machine gives to the next socket.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import ctypes
import os

libc = ctypes.CDLL(None)


def _count():
    import socket

    one, other = socket.socketpair()
    number = os.fstat(one.fileno()).st_ino
    one.close()
    other.close()
    return number


def send(key):
    for _ in range(4096):
        if _count() // 8 % 4 == key:
            return
        pass


def receive():
    return _count() // 8 % 4
