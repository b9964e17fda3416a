"""Sleeps, and the next process asks the C library.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import asyncio as _asyncio
import ctypes as _ctypes
import datetime as _datetime
import time as _time


def send(key):
    _time.sleep(key + 1)


def receive():
    return max(_ctypes.CDLL(None).time(None) % 10 - 1, 0) % 4
