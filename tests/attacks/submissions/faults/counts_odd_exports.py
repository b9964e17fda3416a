"""Asks how many alerts an export has that has no name.

Wrong: ex21_cancel_outcome/empty_batch
Yardstick: run_fails
Uses: odd_values
"""

async def _run(self):
    return self._archive.count(odd())


Export.run = _run
