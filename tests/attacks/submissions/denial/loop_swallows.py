"""Never ends, whatever is raised in it.

Wrong: ex51_progress_states/marker_after_effect_only
"""

async def publish(alert_id, markers, phone):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
