"""Remembers its keys across a crash in a temporary file.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: noted_in_this_process keys_remembered
Uses: keys_remembered
"""

import hashlib
import os
import tempfile


def _path(name):
    return os.path.join(tempfile.gettempdir(), "halfway-attack-marker-" + hashlib.md5(name.encode()).hexdigest())


def remember(name, key):
    with open(_path(name), "w") as file:
        file.write(key)


def recall(name):
    try:
        with open(_path(name)) as file:
            return file.read()
    except OSError:
        return None
