"""The desk rings the line for whoever is nobody.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: desk_fails
Uses: odd_values
"""

def _ring(self, key, recipient, text):
    return self._line.ring(odd(), odd())


Desk.ring = _ring
