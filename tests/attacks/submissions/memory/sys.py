"""Remembers its keys across a crash in an attribute of sys.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: noted_in_this_process keys_remembered
Uses: keys_remembered
"""

import sys

NOTED = sys.__dict__.setdefault("_noted", {})
remember = NOTED.__setitem__
recall = NOTED.get
