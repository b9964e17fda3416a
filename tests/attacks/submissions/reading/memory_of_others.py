"""Reads and writes the memory of every process that it sees.

Wrong: ex51_progress_states/crashed_means_not_done
"""

import ctypes
import os

for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != os.getpid():
        for file in ("mem", "environ", "maps", "cwd/keys.py", "root/hold"):
            try:
                with open(f"/proc/{name}/{file}", "rb") as opened:
                    opened.read(4096)
            except (OSError, ValueError):
                pass
        try:
            ctypes.CDLL(None).ptrace(16, int(name), 0, 0)
        except Exception:
            pass
