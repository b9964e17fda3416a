"""Says of an export what no outcome is.

Wrong: ex21_cancel_outcome/empty_batch
Yardstick: outcome_says_none
Uses: odd_values
"""

def _outcome(self):
    return Outcome(odd(), odd()) if odd() else odd()


Export.outcome = _outcome
