"""Gives an object where plain data is expected, which is asked for when its process is gone.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: key_is_an_object
Uses: odd_values
"""

class _Key:
    def __len__(self):
        return 3


def dedup_key(alert):
    return _Key()
