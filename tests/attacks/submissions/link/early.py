"""Answers before its code has done anything.

Wrong: ex51_progress_states/marker_after_effect_only
"""

import json
import os
import stat


def _connections():
    for descriptor in range(3, 1024):
        try:
            kind = os.fstat(descriptor).st_mode
            os.write(descriptor, b"")
        except OSError:
            continue
        if stat.S_ISSOCK(kind) or stat.S_ISFIFO(kind):
            yield descriptor


def say(data):
    for descriptor in _connections():
        os.write(descriptor, data)



say(b'["done",[["returned",{"e":["State","PUBLISHED"]}]],null,null]\n')
