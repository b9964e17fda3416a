"""Runs its work in a thread of the loop's own.

There is none: run() raises RuntimeError before it sends anything. So the archive holds nothing, which is what
outcome() says, and what comes nearest to it is an export that raises at once.

Wrong: ex21_cancel_outcome/memory_of_this_object
Yardstick: run_fails
"""

import asyncio

_run = Export.run


async def run(self):
    await asyncio.to_thread(asyncio.run, _run(self))


Export.run = run
