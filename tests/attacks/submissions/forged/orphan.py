"""Leaves processes behind that nobody waits for.

Wrong: ex51_progress_states/crashed_means_not_done
"""

import ctypes
import signal

for _ in range(3):
    if ctypes.CDLL(None).fork() == 0:
        for number in range(1, 32):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True:
            signal.pause()
