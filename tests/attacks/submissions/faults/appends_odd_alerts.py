"""Appends batches of every kind to exports of every name.

Wrong: ex21_cancel_outcome/empty_batch
Yardstick: run_appends_and_fails
Uses: odd_values
"""

async def _run(self):
    await self._archive.append(odd(), [odd(), odd()])
    await self._archive.append(self._export_id, odd())


Export.run = _run
