"""Runs calls that are to run side by side one after the other.

Wrong: ex51_progress_states/refusal_is_no_news
Yardstick: the_first_worker_goes_first
With: the_first_worker_goes_first
"""

import sys

_subject = sys.modules["halfway.subject.subject"].Subject
_drive = _subject._drive


def _one_by_one(self, coros, results):
    for each in coros:
        _drive(self, [each], results)


_subject._drive = _one_by_one
