"""Never ends, and looks at nothing.

Wrong: ex41_dedup_key/key_per_publish
"""

def dedup_key(alert):
    while True:
        pass
