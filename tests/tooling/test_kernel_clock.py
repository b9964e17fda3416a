"""A clock with two hands for synchronous code, moved by its test and by nobody else."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from halfway.kit import FakeClock


def test_both_hands_move_with_a_sleep_and_apart_when_the_wall_is_set():
    """What is measured by the one stays right when the other is set."""
    clock = FakeClock()
    start, began = clock.now(), clock.monotonic()
    clock.sleep(90)
    clock.set_wall(-3600)
    clock.move(10)
    assert clock.monotonic() - began == 100
    assert clock.now() - start == timedelta(seconds=-3500)
    assert clock.time() == clock.now().timestamp()
    assert clock.slept == [90]


def test_many_small_moves_do_not_drift():
    """A tenth of a second, a thousand times, is a hundred seconds."""
    clock = FakeClock()
    for _ in range(1_000):
        clock.move(0.1)
    assert clock.monotonic() == 100.0
    assert clock.now() == FakeClock().now() + timedelta(seconds=100)


def test_a_clock_starts_where_it_is_told_and_tells_utc():
    """Any zone will do, none will not."""
    clock = FakeClock(datetime(2026, 3, 29, 3, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    with pytest.raises(ValueError, match="needs a time zone"):
        FakeClock(datetime(2026, 1, 5))  # noqa: DTZ001 - that is the point


def test_a_sleep_of_less_than_nothing_is_refused():
    """As the real one does."""
    with pytest.raises(ValueError, match="non-negative"):
        FakeClock().sleep(-1)
