"""Takes all the memory that it can get, and keeps it.

Wrong: ex51_progress_states/marker_after_effect_only
"""

kept = []


async def publish(alert_id, markers, phone):
    while True:
        kept.append(bytearray(1 << 24))
