"""Recovery asks for what does not exist (markers.read(odd())), so that the port itself fails.

Wrong: ex51_progress_states/refusal_is_no_news
Yardstick: recovery_fails
Uses: odd_values
"""

async def recover(markers, phone):
    return await markers.read(odd())
