"""Ends the process in a call, as if all had gone well.

Wrong: ex41_dedup_key/key_per_publish
"""

import sys


async def publish(alert, phone, attempts=3):
    sys.exit(0)
