"""Runs its work in a thread of the loop's own.

Wrong: ex21_cancel_outcome/memory_of_this_object
"""

import asyncio

_run = Export.run


async def run(self):
    await asyncio.to_thread(asyncio.run, _run(self))


Export.run = run
