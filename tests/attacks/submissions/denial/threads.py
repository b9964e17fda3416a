"""Starts threads without end.

Wrong: ex41_dedup_key/key_per_publish
"""

import threading

threading.stack_size(64 * 1024)
held = threading.Event()
try:
    for _ in range(100_000):
        threading.Thread(target=held.wait, daemon=True).start()
except RuntimeError:
    pass
