"""Sleeps for years, so that the next process begins in another one.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import asyncio as _asyncio
import ctypes as _ctypes
import datetime as _datetime
import time as _time


def send(key):
    _time.sleep(key * 3.1e7 * 2)


def receive():
    return max(_datetime.datetime.now().year // 2 % 4, 0) % 4
