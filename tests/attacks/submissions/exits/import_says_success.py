"""Ends the process at import, as if all had gone well.

Wrong: ex41_dedup_key/key_per_publish
"""

import sys

sys.exit(0)
