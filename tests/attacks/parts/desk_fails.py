"""The desk rings for nobody."""

def _ring(self, key, recipient, text):
    raise TypeError("nothing works")


Desk.ring = _ring
