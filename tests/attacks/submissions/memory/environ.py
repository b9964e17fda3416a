"""Remembers its keys across a crash in the environment.

Wrong: ex41_dedup_key/key_per_publish
Uses: keys_remembered
"""

import os

remember = lambda name, key: os.environ.__setitem__(name.encode().hex(), key)
recall = lambda name: os.environ.get(name.encode().hex())
