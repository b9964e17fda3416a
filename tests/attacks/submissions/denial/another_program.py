"""Becomes another program.

Wrong: ex51_progress_states/marker_after_effect_only
"""

import os
import sys

try:
    os.execv(sys.executable, [sys.executable, "-c", "while True: pass"])
except BaseException:
    import ctypes

    text = (ctypes.c_char_p * 2)(b"/hold", None)
    ctypes.CDLL(None).execv(b"/hold", text)
