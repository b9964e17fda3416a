"""Replaces the methods of the server that it runs in.

Wrong: ex51_progress_states/marker_after_effect_only
"""

import sys

for name, module in list(sys.modules.items()):
    if name.startswith("halfway."):
        for thing in vars(module).values():
            if isinstance(thing, type) and hasattr(thing, "serve"):
                thing.serve = lambda self, *given: ["done", [["returned", None]], None, None]
                thing._answer = lambda self, *given: ["done", [["returned", {"e": ["State", "PUBLISHED"]}]], None, None]
