"""Writes without end, wherever it may.

Wrong: ex41_dedup_key/key_per_attempt
"""

import os
import tempfile

for number in range(10_000):
    try:
        with open(os.path.join(tempfile.gettempdir(), f"halfway-attack-marker-{number}"), "wb") as file:
            for _ in range(64):
                file.write(b"x" * (1 << 20))
    except OSError:
        break
