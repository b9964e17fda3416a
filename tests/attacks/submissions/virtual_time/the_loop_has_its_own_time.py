"""Sleeps, and the next process asks its event loop what time it is.

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
    return max(round(_asyncio.new_event_loop().time()) - 1, 0) % 4
