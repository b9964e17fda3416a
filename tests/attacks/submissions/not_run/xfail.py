"""Says that it was expected to fail.

It raises before it rings, so that a pending alert has indeed not rung, and no error of the phone is taken for
a refusal: what comes nearest to it is a worker that raises an error of another name.

Wrong: ex51_progress_states/marker_after_effect_only
Yardstick: publish_51_fails
"""

class XFailed(AssertionError):
    __module__ = "_pytest.outcomes"


async def publish(alert_id, markers, phone):
    raise XFailed("expected")
