"""A process stays behind and overwrites the results when they are there.

Wrong: ex21_cancel_outcome/memory_of_this_object
Silent: yes
"""

import ctypes
import os
import time

real_fork = ctypes.CDLL(None).fork
if real_fork() == 0:
    if real_fork() == 0:
        os.setsid()
        wait = time.sleep
        for _ in range(600):
            for name in ("results.json", "halfway-attack-marker"):
                try:
                    with open(os.path.join("@COURSE@", name), "w") as file:
                        file.write("{}")
                except OSError:
                    pass
            wait(0.1)
    os._exit(0)
