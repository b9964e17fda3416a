"""Remembers its keys across a crash in a list of its module.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: noted_in_this_process keys_remembered
Uses: keys_remembered
"""

NOTED = {}
remember = NOTED.__setitem__
recall = NOTED.get
