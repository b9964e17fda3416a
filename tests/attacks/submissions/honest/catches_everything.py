"""Catches everything, cleans up, and passes it on.

Right: ex51_progress_states
"""

_publish = publish


async def publish(alert_id, markers, phone):
    try:
        return await _publish(alert_id, markers, phone)
    except BaseException:
        note = "passed on"
        assert note
        raise
