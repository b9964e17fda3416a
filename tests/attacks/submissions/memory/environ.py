"""Remembers its keys across a crash in the environment.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: noted_in_this_process keys_remembered
Uses: keys_remembered
"""

import os

remember = lambda name, key: os.environ.__setitem__(name.encode().hex(), key)
recall = lambda name: os.environ.get(name.encode().hex())
