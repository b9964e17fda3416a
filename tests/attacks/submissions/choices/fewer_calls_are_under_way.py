"""Says that no call is under way that could be cancelled.

Wrong: ex21_cancel_outcome/empty_batch
Yardstick: forgets_a_late_cancel
With: forgets_a_late_cancel
"""

import sys

_subject = sys.modules["halfway.subject.subject"].Subject
_say = _subject.say


def _says(self, kind, data):
    if kind == "idle":
        data = [data[0], 0, *data[2:]]
    return _say(self, kind, data)


_subject.say = _says
