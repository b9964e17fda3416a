"""Sets every timer to now.

Wrong: ex41_dedup_key/key_from_the_clock
"""

import sys

_loop = sys.modules["halfway.subject.loop"].VirtualLoop
_later = _loop.call_later
_loop.call_later = lambda self, delay, *given, **named: _later(self, 0, *given, **named)
