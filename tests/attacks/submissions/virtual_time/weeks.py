"""Sleeps for a chosen number of weeks, and the next process reads the week.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import asyncio as _asyncio
import ctypes as _ctypes
import datetime as _datetime
import time as _time


def send(key):
    _time.sleep((key + 1) * 604_800)


def receive():
    return max(int(_time.time() - 1_767_603_600) // 604_800 % 4 - 1, 0) % 4
