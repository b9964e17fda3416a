"""Answers before its code has done anything.

Wrong: ex51_progress_states/marker_after_effect_only
"""

import json
import os


def _connections():
    for descriptor in range(3, 1024):
        try:
            os.write(descriptor, b"")
        except OSError:
            continue
        yield descriptor


def say(data):
    for descriptor in _connections():
        os.write(descriptor, data)



say(b'["done",[["returned",{"e":["State","PUBLISHED"]}]],null,null]\n')
