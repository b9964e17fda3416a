"""Keys of thirty bits that are made once and then recalled, where there is not much room to remember."""

import secrets as _secrets


_noted = {}


def _tried(call, *given):
    """What is refused is neither kept nor found; in this process a note will do."""
    try:
        return call(*given)
    except Exception:
        return None


def dedup_key(alert):
    name = repr((alert.incident, alert.revision, alert.recipient))
    key = _noted.get(name) or _tried(recall, name)
    if key is None:
        key = _noted[name] = f"{_secrets.randbelow(1 << 30):x}"
        _tried(remember, name, key)
    return key
