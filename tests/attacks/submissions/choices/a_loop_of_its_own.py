"""Takes the loop's choice of what is next away.

Wrong: ex51_progress_states/refusal_is_no_news
Yardstick: the_first_worker_goes_first
With: the_first_worker_goes_first
"""

import sys

_loop = sys.modules["halfway.subject.loop"].VirtualLoop
_loop._chosen_step = lambda self: self._run(self._ready.popleft())
