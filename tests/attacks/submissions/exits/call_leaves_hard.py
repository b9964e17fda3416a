"""Ends the process in the first call that is not as it hoped.

Wrong: ex51_progress_states/marker_after_effect_only
"""

import os


async def publish(alert_id, markers, phone):
    os._exit(0)
