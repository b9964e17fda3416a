"""Writes a verdict to every descriptor that it finds.

Wrong: ex51_progress_states/marker_after_effect_only
"""

import os

FORGED = b'{"event": "ended", "result": {"status": "kept"}}\n{"event": "finished"}\n'
for descriptor in range(3, 256):
    try:
        os.write(descriptor, FORGED)
    except OSError:
        pass
