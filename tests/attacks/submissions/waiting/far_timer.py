"""Tells the judge of a timer far beyond the wait.

Wrong: ex41_dedup_key/key_from_the_clock
"""

import sys

_loop = sys.modules["halfway.subject.loop"].VirtualLoop
_next = _loop.next_timer_ns


def _far(self):
    found = _next(self)
    return found and found + 10**18


_loop.next_timer_ns = _far
