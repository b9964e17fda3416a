"""Does the rest on a real timer, behind the simulated clock.

No timer starts: publish raises RuntimeError, "can't start new thread", before it rings. So a pending alert
has indeed not rung, and what comes nearest to it is a worker that raises at once.

Wrong: ex51_progress_states/marker_after_effect_only
Yardstick: publish_51_fails
"""

import asyncio
import threading

_publish = publish


async def publish(alert_id, markers, phone):
    timer = threading.Timer(0.01, lambda: asyncio.run(_publish(alert_id, markers, phone)))
    timer.daemon = True
    timer.start()
    return State.PUBLISHED
