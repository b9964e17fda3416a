"""Answers at once that a wait is over.

Wrong: ex41_dedup_key/key_from_the_clock
"""

import sys

sys.modules["halfway.subject.subject"]._OURS["!wait"] = lambda seconds: None
