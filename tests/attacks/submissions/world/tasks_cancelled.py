"""Cancels every task but its own.

Wrong: ex21_cancel_outcome/counts_requests
Yardstick: no_cancel_is_heard
"""

import asyncio

_run = Export.run


async def run(self):
    me = asyncio.current_task()
    for task in asyncio.all_tasks():
        if task is not me:
            task.cancel()
    me.cancel = lambda *given: False
    await _run(self)


Export.run = run
