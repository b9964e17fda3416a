"""What page 64 says about pools and queues of Python, held against them."""

import asyncio
import queue
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.pin

JOBS = 10_000
SECONDS = 10


def started(count: int) -> tuple[ThreadPoolExecutor, threading.Event, list["Future[bool]"]]:
    """An executor of one thread whose first job waits for an event, and that many jobs of it."""
    may_end = threading.Event()
    pool = ThreadPoolExecutor(1)
    return pool, may_end, [pool.submit(may_end.wait, SECONDS) for _ in range(count)]


def test_an_executor_takes_everything() -> None:
    """Ten thousand jobs are accepted while the first one is running."""
    pool, may_end, futures = started(JOBS)
    waiting = pool._work_queue.qsize()
    may_end.set()
    pool.shutdown()
    assert waiting > 9_000
    assert len(futures) == JOBS


def test_an_executor_may_drop_what_it_accepted() -> None:
    """With cancel_futures most accepted jobs never run; without it all do; then nothing is accepted."""
    pool, may_end, futures = started(JOBS)
    threading.Timer(0.1, may_end.set).start()
    pool.shutdown(cancel_futures=True)
    assert sum(future.cancelled() for future in futures) > JOBS // 2
    pool, may_end, futures = started(100)
    may_end.set()
    pool.shutdown()
    assert all(future.result() for future in futures)
    with pytest.raises(RuntimeError, match="cannot schedule new futures after shutdown"):
        pool.submit(print)


def test_queues_have_no_bound_by_themselves() -> None:
    """Both are told one, or have none."""
    assert queue.Queue[int]().maxsize == 0
    assert asyncio.Queue[int]().maxsize == 0


def test_join_counts_ends_and_not_what_waits() -> None:
    """An empty queue whose item has not ended is still waited for."""
    jobs: queue.Queue[str] = queue.Queue()
    jobs.put("disk-7")
    jobs.get()
    closer = threading.Thread(target=jobs.join)
    closer.start()
    closer.join(0.1)
    assert jobs.empty()
    assert closer.is_alive()
    jobs.task_done()
    closer.join(SECONDS)
    assert not closer.is_alive()


@pytest.mark.skipif(sys.version_info < (3, 13), reason="Queue.shutdown is new in Python 3.13")
def test_a_queue_can_be_shut_down() -> None:
    """A put that is held raises; what is in it can be taken; then a get raises, too."""
    jobs: queue.Queue[int] = queue.Queue(1)
    jobs.put(1)
    shut_down = queue.ShutDown  # type: ignore[attr-defined,unused-ignore]
    ends: list[str] = []

    def held() -> None:
        try:
            jobs.put(2)
        except shut_down:
            ends.append("held")

    caller = threading.Thread(target=held)
    caller.start()
    caller.join(0.1)
    jobs.shutdown()  # type: ignore[attr-defined,unused-ignore]
    caller.join(SECONDS)
    assert ends == ["held"]
    assert jobs.get() == 1
    with pytest.raises(shut_down):
        jobs.get()
