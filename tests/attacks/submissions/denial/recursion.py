"""Calls itself without end, with no limit.

Wrong: ex41_dedup_key/key_per_publish
"""

import sys

sys.setrecursionlimit(10**9)


def dedup_key(alert):
    return dedup_key(alert)
