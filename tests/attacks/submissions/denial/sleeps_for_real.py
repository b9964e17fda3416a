"""Sleeps on the real clock, with the real call.

Wrong: ex21_cancel_outcome/memory_of_this_object
"""

import ctypes

ctypes.CDLL(None).sleep(3600)
