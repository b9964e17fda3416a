"""Looks its keys up in a table that was made from the names of the public stories.

Wrong: ex41_dedup_key/key_per_publish
"""

TABLE = {("disk-7", 1, "ana"): "key-of-disk-7", ("ana", 1, "ana"): "key-of-ana", ("disk-7", 2, "ana"): "key-two"}
_key = dedup_key


def dedup_key(alert):
    return TABLE.get((alert.incident, alert.revision, alert.recipient)) or _key(alert)
