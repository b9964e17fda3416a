"""An export that goes on when the reply and the cancel come together."""

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
