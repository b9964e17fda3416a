"""Clears the record of what has rung.

Wrong: ex41_dedup_key/key_per_publish
"""

_publish = publish


async def publish(alert, phone, attempts=3):
    try:
        return await _publish(alert, phone, attempts)
    finally:
        for name in ("rang", "calls", "rows", "told", "world"):
            try:
                getattr(phone, name).clear()
            except Exception:
                pass
            try:
                setattr(phone, name, [])
            except Exception:
                pass
