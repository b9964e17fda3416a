"""A worker gives what is no state.

Wrong: ex51_progress_states/refusal_is_no_news
Yardstick: publish_51_gives_nothing
Uses: odd_values
"""

async def publish(alert_id, markers, phone):
    return odd()
