"""Makes its tasks eager, so that they run before anybody can stop them.

Wrong: ex21_cancel_outcome/counts_requests
"""

import asyncio

_run = Export.run


async def run(self):
    loop = asyncio.get_running_loop()
    factory = getattr(asyncio, "eager_task_factory", None)
    loop.set_task_factory(factory or (lambda loop, coro, **named: asyncio.ensure_future(coro)))
    await asyncio.shield(loop.create_task(_run(self)))


Export.run = run
