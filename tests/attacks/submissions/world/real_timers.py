"""Does the rest on a real timer, behind the simulated clock.

Wrong: ex51_progress_states/marker_after_effect_only
"""

import asyncio
import threading

_publish = publish


async def publish(alert_id, markers, phone):
    timer = threading.Timer(0.01, lambda: asyncio.run(_publish(alert_id, markers, phone)))
    timer.daemon = True
    timer.start()
    return State.PUBLISHED
