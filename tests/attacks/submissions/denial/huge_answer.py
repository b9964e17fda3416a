"""Answers more than fits into a message.

Wrong: ex41_dedup_key/key_per_publish
"""

def dedup_key(alert):
    return "k" * 50_000_000
