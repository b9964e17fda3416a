"""A call takes any length of time: longer than whoever waits for it has set a timer for."""

import pytest
from pressed_programs import GIVES_UP_AFTER_A_DAY
from test_pressures import found

from halfway.kit import ANY_LENGTH


@pytest.mark.parametrize("days", [40, 366, 3_000])
def test_a_call_takes_longer_than_any_time_that_it_is_given(days):
    """A limit of years is a limit: a long call goes on until the timer that waits beside it has rung."""
    source = GIVES_UP_AFTER_A_DAY.replace("86_400", f"{days} * 86_400")
    broken = found(source)
    assert broken is not None
    assert "length~1~each-call-may-take-a-month: raised TimeoutError" in broken.saw
    assert found(source, {ANY_LENGTH}) is None


def test_who_looks_up_from_a_long_call_is_answered_in_the_end():
    """A process may look every hour or every year whether it is there, and do no more than that."""
    source = """
        import asyncio

        async def publish(alert, phone):
            call = asyncio.ensure_future(phone.ring(alert))
            try:
                while not call.done():
                    await asyncio.wait([call], timeout=SECONDS)
            finally:
                call.cancel()
                await asyncio.wait([call])
            await call
    """
    for seconds in (3_600, 366 * 86_400):
        assert found(source.replace("SECONDS", str(seconds))) is None
