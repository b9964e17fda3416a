"""Puts a wait_for without a limit around everything, so that Python 3.11 may have lost its late cancels.

Wrong: ex21_cancel_outcome/empty_batch
Yardstick: forgets_a_late_cancel
With: forgets_a_late_cancel
"""

_run = Export.run


async def _waits(self):
    await _asyncio.wait_for(_run(self), None)


Export.run = _waits
