"""Calls the phone with keys, people and texts of every kind but text.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: publish_41_fails
Uses: odd_values
"""

async def publish(alert, phone, attempts=3):
    return await phone.ring(odd(), odd(), odd())
