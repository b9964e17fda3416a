"""Nothing is published, and that is called published."""

async def publish(alert_id, markers, phone):
    return State.PUBLISHED
