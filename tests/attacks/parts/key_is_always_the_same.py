"""One key for all alerts."""


def dedup_key(alert):
    return "key"
