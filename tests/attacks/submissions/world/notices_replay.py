"""Behaves when it has seen a story's name before.

In one process an honest note does the same: two calls at once for one alert have one key, and it rings once.
What a note must not do is outlive its process, and the yardstick's does not: its module is new in each.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: key_noted_by_incident
"""

seen = {}
_key = dedup_key


def dedup_key(alert):
    if alert.incident in seen:
        return seen[alert.incident]
    return seen.setdefault(alert.incident, _key(alert))
