"""An export that goes on to its end, whoever cancels it."""

import asyncio

_run = Export.run


async def run(self):
    task = asyncio.ensure_future(_run(self))
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            continue
    return task.result()


Export.run = run
