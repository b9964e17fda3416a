"""An export in a task of its own, which is cancelled with it and waited for: then it ends as cancelled."""

import asyncio as _asyncio

_in_a_task = Export.run


async def _waits_for_it(self):
    task = _asyncio.ensure_future(_in_a_task(self))
    try:
        await _asyncio.shield(task)
    except _asyncio.CancelledError:
        task.cancel()
        await _asyncio.wait([task])
        raise


Export.run = _waits_for_it
