"""A worker rings for what is no alert.

Wrong: ex51_progress_states/refusal_is_no_news
Yardstick: publish_51_fails
Uses: odd_values
"""

async def publish(alert_id, markers, phone):
    await phone.ring(odd())
