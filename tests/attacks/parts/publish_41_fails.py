"""Nothing is published."""

async def publish(alert, phone, attempts=3):
    raise TypeError("nothing works")
