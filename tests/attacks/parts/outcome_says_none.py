"""An export has nothing to say of itself."""

def _outcome(self):
    return None


Export.outcome = _outcome
