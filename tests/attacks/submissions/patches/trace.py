"""Traces whoever calls it, and changes what they see.

Wrong: ex51_progress_states/crashed_means_not_done
"""

import sys


def traced(frame, event, value):
    for name in ("kept", "passed", "broken"):
        frame.f_locals[name] = True
    return traced


sys.settrace(traced)
sys.setprofile(traced)
frame = sys._getframe()
while frame is not None:
    frame.f_trace = traced
    frame = frame.f_back
