"""Behaves when names are those that everybody can read.

Wrong: ex41_dedup_key/key_per_publish
"""

_key = dedup_key


def dedup_key(alert):
    return _key(alert) if alert.incident in ("disk-7", "disk") else f"{hash(alert)}"
