"""Sleeps for a chosen part of a second, and the next process reads the part.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import asyncio as _asyncio
import ctypes as _ctypes
import datetime as _datetime
import time as _time


def send(key):
    _time.sleep(key / 2000 + 0.0005)


def receive():
    return max(round(_time.time() * 2000) % 2000 - 1, 0) % 4
