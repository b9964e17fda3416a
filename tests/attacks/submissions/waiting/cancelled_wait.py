"""Says that the wait was cancelled.

Wrong: ex41_dedup_key/key_from_the_clock
"""

import sys

_subject = sys.modules["halfway.subject.subject"].Subject
_call = _subject._call


def _says_cancelled(self, request):
    if request[1][0][0] in ("!wait", "!rest"):
        return ["done", [["cancelled", None]], None, None]
    return _call(self, request)


_subject._call = _says_cancelled
