"""Cancels nothing, whatever the judge says.

The judge counts the cancels that he sent: what is seen is an export that goes on to its end whoever cancels
it. Such a one is never stopped halfway, so that whoever runs it again has nothing left to do.

Wrong: ex21_cancel_outcome/empty_batch
Yardstick: forgets_a_late_cancel no_cancel_is_heard
With: forgets_a_late_cancel
"""

import sys

sys.modules["halfway.subject.subject"].Subject._cancel = lambda self, which: None
