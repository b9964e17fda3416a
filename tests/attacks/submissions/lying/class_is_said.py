"""Its answers say that they are of another class.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: key_is_an_object
"""

class Key:
    __class__ = str

    def __str__(self):
        return "k" * 32


def dedup_key(alert):
    return Key()
