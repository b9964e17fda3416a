"""Says that no call is under way that could be cancelled.

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


import sys

_subject = sys.modules["halfway.subject.subject"].Subject
_say = _subject.say


def _says(self, kind, data):
    if kind == "idle":
        data = [data[0], 0, *data[2:]]
    return _say(self, kind, data)


_subject.say = _says
