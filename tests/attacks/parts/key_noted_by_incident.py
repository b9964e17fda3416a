"""One key for all alerts of an incident, which each process makes anew and forgets when it ends."""

_keys = {}
_made = dedup_key


def dedup_key(alert):
    return _keys.setdefault(alert.incident, _made(alert))
