"""Remembers its keys across a crash in an attribute of an enum's member.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: noted_in_this_process keys_remembered
Uses: keys_remembered
"""

from enum import Enum


class Colour(Enum):
    RED = 1


Colour.RED.noted = {}
remember = lambda name, key: Colour.RED.noted.__setitem__(name, key)
recall = lambda name: Colour.RED.noted.get(name)
