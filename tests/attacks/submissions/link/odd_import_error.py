"""Says of its own import what no program says.

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



say(b'["done",{"mro":["Odd"],"said":"","frames":[[Infinity,"publish"]]},null,null]\n')
os._exit(0)
