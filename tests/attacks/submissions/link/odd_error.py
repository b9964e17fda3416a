"""Says a message to the judge that no program says.

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
    say(b'''["done",[["raised",{"mro":["BrokenError"],"said":5}]],null,null]\n''')
    return "receipt"
