"""Says that the call is over while the judge waits.

Wrong: ex41_dedup_key/key_from_the_clock
"""

import sys

_subject = sys.modules["halfway.subject.subject"].Subject
_call = _subject._call


def _says_done(self, request):
    if request[1][0][0] in ("!wait", "!rest"):
        return ["done", [["returned", None]], None, None]
    return _call(self, request)


_subject._call = _says_done
