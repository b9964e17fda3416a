"""Does the rest on a real timer, behind the simulated clock.

The timer rings in line, on the judge's clock, where there is no loop for its `asyncio.run`. So nobody is rung,
and what comes nearest to it is a worker that says so all the same.

Wrong: ex51_progress_states/marker_after_effect_only
Yardstick: publish_51_does_nothing
"""

import asyncio
import threading

_publish = publish


async def publish(alert_id, markers, phone):
    timer = threading.Timer(0.01, lambda: asyncio.run(_publish(alert_id, markers, phone)))
    timer.daemon = True
    timer.start()
    return State.PUBLISHED
