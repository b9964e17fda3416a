"""Puts a wait_for with a limit that is never reached around everything.

On Python 3.11 that is a task of its own: wait_for cancels it, waits for its end and raises CancelledError
itself, whatever the task has made of the cancel. So the export does end as cancelled, where it did not before;
later Pythons have no such task, and it ends as it did.

Wrong: ex21_cancel_outcome/empty_batch
Yardstick: forgets_a_late_cancel waits_for_a_task_of_its_own
With: forgets_a_late_cancel
"""

_run = Export.run


async def _waits(self):
    await _asyncio.wait_for(_run(self), 1e9)


Export.run = _waits
