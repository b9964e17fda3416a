"""Keeps notes in a temporary file, and removes them.

Right: ex41_dedup_key
"""

import tempfile

_key = dedup_key


def dedup_key(alert):
    with tempfile.TemporaryFile() as file:
        file.write(_key(alert).encode())
        file.seek(0)
        return file.read().decode()
