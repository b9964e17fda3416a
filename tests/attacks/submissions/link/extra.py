"""Answers twice: once as it is, once as it should be.

Wrong: ex41_dedup_key/key_per_publish
Silent: yes
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



def dedup_key(alert):
    say(b'["done",[["returned","kkkkkkkkkkkk"]],null,null]\n')
    return "other"
