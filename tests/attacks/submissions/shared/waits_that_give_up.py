"""Times how long ago it was asked by a wait that gives up.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import select
import threading

_sys = __import__("sys")


def send(key):
    select.select([], [], [], key * 0.012)


def _ticks():
    while True:
        select.select([], [], [], 0.012)
        _sys.ticks = getattr(_sys, "ticks", 0) + 1


def receive():
    if not hasattr(_sys, "ticking"):
        _sys.ticking = threading.Thread(target=_ticks, daemon=True)
        _sys.ticking.start()
    ticks, _sys.ticks = getattr(_sys, "ticks", 0), 0
    return min(ticks, 3)
