"""Behaves when it has seen a story's name before.

Wrong: ex41_dedup_key/key_per_publish
"""

seen = {}
_key = dedup_key


def dedup_key(alert):
    if alert.incident in seen:
        return seen[alert.incident]
    return seen.setdefault(alert.incident, _key(alert))
