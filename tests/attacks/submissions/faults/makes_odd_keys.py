"""Gives keys of every kind but text.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: key_is_an_object
Uses: odd_values
"""

def dedup_key(alert):
    return odd()
