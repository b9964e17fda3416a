"""Forks without end, past the interpreter's own guard.

Wrong: ex51_progress_states/crashed_means_not_done
"""

import ctypes

fork = ctypes.CDLL(None).fork
for _ in range(100_000):
    if fork() < 0:
        break
while True:
    pass
