"""What page 11 says about real clocks, held against them."""

import asyncio
import queue
import sched
import sys
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time

pytestmark = pytest.mark.pin

YEAR_S = 366 * 86_400


def test_python_says_which_clock_can_be_set() -> None:
    """The clock of the date is adjustable; the monotonic one is not, and never goes back."""
    date, count = time.get_clock_info("time"), time.get_clock_info("monotonic")
    assert (date.adjustable, date.monotonic) == (True, False)
    assert (count.adjustable, count.monotonic) == (False, True)


def test_asyncio_counts_on_the_monotonic_clock() -> None:
    """What is to happen five seconds after a date happens in the next life."""

    async def due_in() -> float:
        loop = asyncio.get_running_loop()
        handle = loop.call_at(time.time() + 5, print)
        handle.cancel()
        return handle.when() - loop.time()

    assert asyncio.run(due_in()) > YEAR_S


def test_queue_and_sched_count_on_the_monotonic_clock() -> None:
    """Both have it as their own clock."""
    assert vars(queue)["time"] is time.monotonic
    assert sched.scheduler().timefunc is time.monotonic


def test_dates_of_one_zone_ignore_summer_time() -> None:
    """Subtracted as the wall shows them, unless both are taken to UTC first."""
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 3, 29, 1, 30, tzinfo=berlin)
    after = datetime(2026, 3, 29, 3, 30, tzinfo=berlin)
    assert after - before == timedelta(hours=2)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=1)


def test_freezegun_moves_both_hands() -> None:
    """Set back an hour, both hands are an hour back."""
    with freeze_time("2026-03-01 12:00") as frozen:
        date, count = time.time(), time.monotonic()
        frozen.tick(timedelta(hours=-1))
        assert (time.time() - date, time.monotonic() - count) == (-3600.0, -3600.0)


@pytest.mark.skipif(sys.platform != "linux", reason="a clock of Linux")
def test_linux_has_a_clock_that_counts_sleep() -> None:
    """It is never behind the monotonic one, which stands still in a sleep."""
    count = time.clock_gettime(time.CLOCK_MONOTONIC)
    assert time.clock_gettime(time.CLOCK_BOOTTIME) >= count
