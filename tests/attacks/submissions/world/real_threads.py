"""Calls the phone on a loop in a real thread, where no cancel comes.

Wrong: ex41_dedup_key/key_per_publish
"""

import asyncio
import threading

_publish = publish


async def publish(alert, phone, attempts=3):
    said = []
    thread = threading.Thread(target=lambda: said.append(asyncio.run(_publish(alert, phone, attempts))))
    thread.start()
    thread.join(0.2)
    return said[0] if said else "receipt"
