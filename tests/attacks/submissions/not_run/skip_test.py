"""Raises what unittest takes for a skipped test.

Wrong: ex41_dedup_key/key_per_publish
"""

import unittest


def dedup_key(alert):
    raise unittest.SkipTest("nothing to see")


async def publish(alert, phone, attempts=3):
    raise unittest.SkipTest("nothing to see")
