"""Makes every choice itself, and tells of none.

Wrong: ex51_progress_states/refusal_is_no_news
Yardstick: the_first_worker_goes_first
With: the_first_worker_goes_first
"""

import sys

sys.modules["halfway.subject.asking"].Asking.choose = lambda self, kind, options: 0
