"""Ends the process at import, so that nothing can object.

Wrong: ex51_progress_states/marker_after_effect_only
"""

import os

os._exit(0)
