"""Answers at once that a wait is over.

Wrong: ex41_dedup_key/key_from_the_clock
"""

import sys

subject = sys.modules["halfway.subject.subject"]
given = subject.ours
subject.ours = lambda *of: given(*of) | {"!wait": lambda seconds: None}
