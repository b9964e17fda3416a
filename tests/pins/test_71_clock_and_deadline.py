"""What page 71 says about deadlines, dates, names and errors, held against Python's own library."""

import asyncio
import http.client
import logging
import socket
import ssl
import subprocess
import time
import uuid

import pytest
from freezegun import freeze_time

from halfway.links import virtual

pytestmark = pytest.mark.pin


def test_asyncio_keeps_one_deadline_for_all_that_stands_inside() -> None:
    """Three awaits of four seconds share ten, and the end is a moment of the loop's own clock."""

    async def three_waits() -> tuple[float, float, int]:
        loop, ended = asyncio.get_running_loop(), 0
        began_s = loop.time()
        try:
            async with asyncio.timeout(10) as limit:
                for _ in range(3):
                    await asyncio.sleep(4)
                    ended += 1
        except TimeoutError:
            pass
        when = limit.when()
        assert when is not None
        return when - began_s, loop.time() - began_s, ended

    assert virtual.run(three_waits()) == (10.0, 10.0, 2)


def test_a_log_record_keeps_the_date_of_what_it_tells() -> None:
    """Written an hour later, it has the date on which it was made."""
    with freeze_time("2026-03-28 12:00:00") as clock:
        record = logging.LogRecord("monitor", logging.INFO, __file__, 1, "97.25", None, None)
        clock.tick(3_600)
        formatter = logging.Formatter("%(asctime)s %(message)s", datefmt="%H:%M")
        formatter.converter = time.gmtime
        assert formatter.format(record) == "12:00 97.25"


def test_a_name_that_is_drawn_and_one_that_is_made_of_a_text() -> None:
    """Two who draw have two names, and two who begin from one text have one."""
    assert uuid.uuid4() != uuid.uuid4()
    assert uuid.uuid5(uuid.NAMESPACE_URL, "disk-7/1") == uuid.uuid5(uuid.NAMESPACE_URL, "disk-7/1")


def test_which_errors_say_that_nobody_answered() -> None:
    """Four classes of the library, by whether they are an OSError."""
    assert issubclass(socket.gaierror, OSError)
    assert issubclass(ssl.SSLError, OSError)
    assert issubclass(TimeoutError, OSError)
    assert not issubclass(subprocess.TimeoutExpired, OSError)
    assert not issubclass(http.client.HTTPException, OSError)


def test_no_time_and_no_limit_are_told_apart_by_a_socket() -> None:
    """0 does not wait, and None waits for ever."""
    here, there = socket.socketpair()
    with here, there:
        here.settimeout(0)
        assert not here.getblocking()
        with pytest.raises(BlockingIOError):
            here.recv(1)
        here.settimeout(None)
        assert here.getblocking()
        assert here.gettimeout() is None
