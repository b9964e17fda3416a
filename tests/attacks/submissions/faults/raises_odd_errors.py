"""A worker raises what no error looks like.

Wrong: ex51_progress_states/refusal_is_no_news
Yardstick: publish_51_fails
Uses: odd_values
"""

async def publish(alert_id, markers, phone):
    error = type("KeyError", (Exception,), {"__str__": lambda self: odd()})(odd(), odd())
    error.note, error.__notes__ = odd(), odd()
    raise error
