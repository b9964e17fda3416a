"""Tells the judge of no choice of which task is next.

Wrong: ex51_progress_states/refusal_is_no_news
Yardstick: the_first_worker_goes_first
With: the_first_worker_goes_first
"""

import sys

_subject = sys.modules["halfway.subject.subject"].Subject
_take = _subject._take_options


def _take_options(self, options):
    _take(self, options)
    self._has_order = False


_subject._take_options = _take_options
