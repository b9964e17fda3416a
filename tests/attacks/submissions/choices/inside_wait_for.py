"""Puts a wait_for without a limit around everything, which on Python 3.11 loses late cancels.

Wrong: ex21_cancel_outcome/empty_batch
Yardstick: forgets_a_late_cancel
"""

import asyncio as _asyncio


async def _forgets(self):
    done = self._archive.count(self._export_id)
    for first in range(done, len(self._alerts), self._batch_size):
        batch = tuple(self._alerts[first : first + self._batch_size])
        under_way = _asyncio.ensure_future(self._archive.append(self._export_id, batch))
        try:
            await _asyncio.shield(under_way)
        except _asyncio.CancelledError:
            if under_way.done() and not under_way.cancelled() and under_way.exception() is None:
                continue
            under_way.cancel()
            raise


Export.run = _forgets


_run = Export.run


async def _waits(self):
    await _asyncio.wait_for(_run(self), None)


Export.run = _waits
