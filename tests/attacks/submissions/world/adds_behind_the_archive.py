"""Looks for what the archive can do besides what the stub shows, and has that add a batch: nothing cancels it.

Wrong: ex21_cancel_outcome/counts_replies
"""


async def _run(self):
    helpers = [name for name in dir(self._archive) if name[0] != "_" and name not in ("append", "count")]
    for first in range(self._done, len(self._alerts), self._batch_size):
        batch = tuple(self._alerts[first : first + self._batch_size])
        for name in helpers or ["append"]:
            done = getattr(self._archive, name)(self._export_id, batch)
            if hasattr(done, "__await__"):
                await done
        self._done += len(batch)


Export.run = _run
