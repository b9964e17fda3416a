"""Remembers its keys across a crash in the built-in functions.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: noted_in_this_process keys_remembered
Uses: keys_remembered
"""

import builtins

NOTED = builtins.__dict__.setdefault("_noted", {})
remember = NOTED.__setitem__
recall = NOTED.get
