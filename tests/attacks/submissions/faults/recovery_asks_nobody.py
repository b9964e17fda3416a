"""Recovery asks for what does not exist (phone.has_rung(*[odd()] * 3, **{'odd': odd()})), so that the port itself fails.

Wrong: ex51_progress_states/refusal_is_no_news
Yardstick: recovery_fails
Uses: odd_values
"""

async def recover(markers, phone):
    return await phone.has_rung(*[odd()] * 3, **{'odd': odd()})
