"""Never moves its own clock, whatever the judge says.

Wrong: ex41_dedup_key/key_from_the_clock
"""

import sys

sys.modules["halfway.subject.asking"].Asking.move = lambda self, now_ns: None
