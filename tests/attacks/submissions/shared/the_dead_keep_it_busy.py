"""Goes on working after its death, or does not, and the next process looks how fast it is itself.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: sends_nothing one_of_few_keys
Uses: one_of_few_keys
"""

import threading
import time

_sys = __import__("sys")


def _work():
    while getattr(_sys, "busy", False):
        pass


def send(key):
    _sys.busy = key >= 2
    if _sys.busy:
        threading.Thread(target=_work, daemon=True).start()


def receive():
    began = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    for _ in range(20_000):
        pass
    took = time.clock_gettime_ns(time.CLOCK_MONOTONIC) - began
    _sys.busy = False
    return 2 if took > 1_500_000 else 0
