"""Claims that a limit was reached, so that nobody looks further.

Wrong: ex41_dedup_key/key_per_publish
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



async def publish(alert, phone, attempts=3):
    say(b'["reached",["checker_fault",[[1,"x"]]],null]\n')
