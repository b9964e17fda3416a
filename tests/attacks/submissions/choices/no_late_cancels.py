"""Says that it waits where late cancels are lost.

Wrong: ex21_cancel_outcome/empty_batch
Yardstick: forgets_a_late_cancel
With: forgets_a_late_cancel
"""

import sys

_subject = sys.modules["halfway.subject.subject"].Subject
_say = _subject.say


def _says(self, kind, data):
    if kind == "idle":
        data = [*data[:2], 0, *data[3:]]
    return _say(self, kind, data)


_subject.say = _says
