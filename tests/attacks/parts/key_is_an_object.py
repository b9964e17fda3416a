"""A key that is no text, and that lies about nothing."""


class Key:
    pass


def dedup_key(alert):
    return Key()
