"""What page 34 says about real systems, held against those systems."""

import asyncio
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
import stamina
import tenacity

from halfway import catalog
from halfway.trips import dotflow_engine

pytestmark = pytest.mark.pin


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def executions(error: Exception, retry: Any) -> tuple[int, list[float]]:
    """How often dotflow, left alone, calls a function that fails, and what it sleeps between."""
    found = dotflow_engine.in_dotflow(retry, [error] * 9)
    return found.executions, found.waits


@pytest.mark.parametrize(
    ("error", "calls"), [(ConnectionError("down"), 3), (ValueError("no"), 3), (TimeoutError("late"), 1)]
)
def test_dotflow_decides_in_its_loop(error: Exception, calls: int) -> None:
    """retry=3 is three calls for two kinds of errors, a second of time.sleep apart, and one for the third."""
    assert executions(error, 3) == (calls, [1.0] * (calls - 1))


def test_dotflow_knows_numbers_alone() -> None:
    """A policy as `retry` is no number, and the function is never called."""
    assert executions(ConnectionError("down"), object()) == (0, [])


def test_the_reference_drives_dotflow() -> None:
    """The field trip of the exercise, with the reference: everything is as a learner is told it will be."""
    trip = dotflow_engine.trip(catalog.find("34").solution.read_text(encoding="utf-8"))
    assert [row.yours for row in trip] == [row.expected for row in trip]
    assert [(row.theirs, row.yours) for row in trip if row.theirs != row.yours]


def test_tenacity_sleeps_in_a_running_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain function under tenacity waits with time.sleep, where an event loop runs as well."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)

    async def main() -> None:
        @tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_fixed(60), reraise=True)
        def ring() -> None:
            raise ConnectionError

        with pytest.raises(ConnectionError):
            ring()

    asyncio.run(main())
    assert slept == [60.0, 60.0]


def test_tenacity_takes_a_cancel_for_a_failure() -> None:
    """A coroutine function that is tried again after all but ValueError: it takes three cancels to end it."""

    async def main() -> tuple[int, int, str]:
        calls, cancels = [], 0

        @tenacity.retry(
            stop=tenacity.stop_after_attempt(3),
            wait=tenacity.wait_none(),
            retry=tenacity.retry_if_not_exception_type(ValueError),
        )
        async def ring() -> None:
            calls.append(1)
            await asyncio.sleep(60)

        task = asyncio.ensure_future(ring())
        await asyncio.sleep(0)
        while not task.done():
            task.cancel()
            cancels += 1
            for _ in range(9):
                await asyncio.sleep(0)
        return cancels, len(calls), type(task.exception()).__name__

    assert asyncio.run(main()) == (3, 3, "RetryError")


def test_the_last_error_of_tenacity_and_of_stamina() -> None:
    """Out of attempts, tenacity raises an error of its own, and stamina the one that was raised."""

    def down() -> None:
        raise ConnectionError

    with pytest.raises(tenacity.RetryError):
        tenacity.retry(stop=tenacity.stop_after_attempt(2), wait=tenacity.wait_none())(down)()
    with pytest.raises(ConnectionError):
        stamina.retry(on=ConnectionError, attempts=2, wait_initial=0, wait_jitter=0)(down)()
