"""Keys that are made once and then recalled: what `remember` and `recall` survive, the wrong code survives."""

import uuid as _uuid


def dedup_key(alert):
    name = repr((alert.incident, alert.revision, alert.recipient))
    key = recall(name)
    if key is None:
        key = _uuid.uuid4().hex
        remember(name, key)
    return key
