"""To run while you work: a pool on a quiet day. The hidden promises switch threads where it hurts.

A page has no threads of its own, so two of these run in a terminal alone.
"""

import sys
from collections.abc import Callable
from threading import Thread

import pytest
from serve import Closed, Json, WorkerPool

needs_threads = pytest.mark.skipif(sys.platform == "emscripten", reason="a page has no threads of its own")


class RecordingWork:
    """Remembers what it has done; the jobs in `broken` raise."""

    def __init__(self, *broken: str) -> None:
        self.broken = broken
        self.done: list[Json] = []

    def run(self, job: Json) -> None:
        if job in self.broken:
            raise ConnectionError("no line")
        self.done.append(job)


def in_threads(*calls: Callable[[], None]) -> None:
    """Make the calls side by side, on a page in turn; each has to end within five seconds."""
    if sys.platform == "emscripten":
        for call in calls:
            call()
        return
    threads = [Thread(target=call, daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=5)
        assert not thread.is_alive()


def test_a_job_waits_for_a_worker() -> None:
    """With room, submit waits for nothing, and nothing runs before somebody serves."""
    work = RecordingWork()
    pool = WorkerPool(work, capacity=2)
    pool.submit("disk-7")
    pool.submit("api-2")
    assert work.done == []


def test_an_empty_pool_closes_at_once() -> None:
    """After the close nothing is accepted, and whoever serves has nothing to do."""
    pool = WorkerPool(RecordingWork(), capacity=1)
    in_threads(pool.close)
    with pytest.raises(Closed):
        pool.submit("disk-7")
    in_threads(pool.serve, pool.close)
    assert pool.failed() == []


@needs_threads
def test_close_waits_for_the_work() -> None:
    """When close has returned, what was accepted has been done."""
    work = RecordingWork()
    pool = WorkerPool(work, capacity=2)
    pool.submit("disk-7")
    pool.submit("api-2")
    in_threads(pool.serve, pool.close)
    assert work.done == ["disk-7", "api-2"]


@needs_threads
def test_a_job_that_raises_is_named() -> None:
    """The worker goes on, and the job stands in failed."""
    work = RecordingWork("disk-7")
    pool = WorkerPool(work, capacity=2)
    pool.submit("disk-7")
    pool.submit("api-2")
    in_threads(pool.serve, pool.close)
    assert (work.done, pool.failed()) == (["api-2"], ["disk-7"])
