"""What page 23 says about real systems, held against those systems."""

import asyncio
import concurrent.futures
import gc
import logging
import sqlite3
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from dbos import DBOS, DBOSConfig, WorkflowHandle

from halfway.kit import run

pytestmark = pytest.mark.pin

PATIENCE_S = 30.0
"""For what comes within milliseconds, on a machine that is busy."""
needs_parts_of_seconds = pytest.mark.skipif(
    sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42),
    reason="on Python 3.12 and newer DBOS asks SQLite for `unixepoch('subsec')`, which is there from 3.42 on",
)


# ---- DBOS


@dataclass
class Collecting:
    """A workflow whose first step is under way until somebody lets it end."""

    handle: Any = None
    may_end: threading.Event = field(default_factory=threading.Event)
    samples: list[str] = field(default_factory=list)


@pytest.fixture
def cancelled(tmp_path: Path) -> Iterator[Collecting]:
    """A workflow on SQLite that was cancelled in the middle of its first step."""
    logging.disable(logging.CRITICAL)
    seen, begun = Collecting(), threading.Event()
    url = f"sqlite:///{tmp_path / 'dbos.sqlite'}"
    config: DBOSConfig = {"name": "collector", "system_database_url": url, "log_level": "CRITICAL"}
    DBOS(config=config)

    @DBOS.step()
    def sample() -> None:
        begun.set()
        seen.may_end.wait(PATIENCE_S)
        seen.samples.append("the last sample")

    @DBOS.workflow()
    def collect() -> None:
        sample()
        sample()

    try:
        DBOS.launch()
        seen.handle = DBOS.start_workflow(collect)
        assert begun.wait(PATIENCE_S)
        DBOS.cancel_workflow(seen.handle.workflow_id)
        yield seen
    finally:
        seen.may_end.set()
        DBOS.destroy(destroy_registry=True)
        logging.disable(logging.NOTSET)


def how_it_ends(handle: Any) -> str:
    """The error that waiting for this workflow ends with."""
    try:
        handle.get_result()
    except Exception as error:
        return type(error).__name__
    return "no error"


@needs_parts_of_seconds
def test_dbos_is_cancelled_while_its_step_goes_on(cancelled: Collecting) -> None:
    """The status is CANCELLED at the first look, and a step that was under way ends after that."""
    rounds = 0
    handle: WorkflowHandle[None] = DBOS.retrieve_workflow(cancelled.handle.workflow_id)
    while handle.get_status().status == "PENDING":
        rounds += 1
    assert (handle.get_status().status, rounds, cancelled.samples) == ("CANCELLED", 0, [])
    cancelled.may_end.set()
    how_it_ends(cancelled.handle)
    assert cancelled.samples == ["the last sample"]


@needs_parts_of_seconds
def test_a_retrieved_handle_of_dbos_does_not_wait_for_the_step(cancelled: Collecting) -> None:
    """Waiting with a handle that was retrieved ends at once, while the step is under way."""
    retrieved: WorkflowHandle[None] = DBOS.retrieve_workflow(cancelled.handle.workflow_id)
    assert how_it_ends(retrieved) == "DBOSAwaitedWorkflowCancelledError"
    assert cancelled.samples == []


@needs_parts_of_seconds
def test_the_handle_that_started_it_waits_for_the_step(cancelled: Collecting) -> None:
    """Waiting with the handle that started the workflow ends once the step has ended, as cancelled."""
    heard: list[tuple[str, list[str]]] = []
    waits = threading.Thread(
        target=lambda: heard.append((how_it_ends(cancelled.handle), list(cancelled.samples)))
    )
    waits.start()
    waits.join(0.3)
    assert waits.is_alive()
    cancelled.may_end.set()
    waits.join(PATIENCE_S)
    assert heard == [("DBOSAwaitedWorkflowCancelledError", ["the last sample"])]


# ---- asyncio


async def leaves(after_s: float) -> None:
    """Work that is slow to leave."""
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(after_s)


async def asked(*after_s: float) -> list[asyncio.Task[None]]:
    """Tasks that were asked to stop, and need so long for it."""
    tasks = [asyncio.create_task(leaves(each)) for each in after_s]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    return tasks


def test_gather_comes_back_with_the_first() -> None:
    """Of two cancelled tasks that need 1 s and 5 s, gather waits for the first; the other goes on."""

    async def main() -> tuple[float, list[bool]]:
        tasks = await asked(1, 5)
        with pytest.raises(asyncio.CancelledError):
            await asyncio.gather(*tasks)
        ended_s, done = asyncio.get_running_loop().time(), [task.done() for task in tasks]
        await asyncio.wait(tasks)
        return ended_s, done

    assert run(main()) == (1.0, [True, False])


def test_wait_for_cancels_and_wait_does_not() -> None:
    """When its time is up, wait leaves a task alone, and wait_for cancels it once more and cuts it off."""

    async def main() -> tuple[bool, bool]:
        (left,) = await asked(5)
        await asyncio.wait([left], timeout=3)
        is_left = not left.done()
        (cut,) = await asked(5)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(cut, timeout=3)
        return is_left, cut.done()

    assert run(main()) == (True, True)


def test_a_task_that_nobody_holds_may_vanish() -> None:
    """A task waits for what nobody else holds: once Python has collected its garbage, it is gone."""

    async def waits() -> None:
        await asyncio.get_running_loop().create_future()

    async def main() -> bool:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        task = weakref.ref(asyncio.create_task(waits()))
        await asyncio.sleep(0)
        gc.collect()
        return task() is None

    assert asyncio.run(main())


# ---- threads and processes


def test_an_executor_cancels_its_queue_alone() -> None:
    """A shutdown that cancels takes what is queued, and what is running goes on to its end."""
    begun, may_end = threading.Event(), threading.Event()

    def sample() -> str:
        begun.set()
        may_end.wait(PATIENCE_S)
        return "the last sample"

    pool = concurrent.futures.ThreadPoolExecutor(1)
    running, queued = pool.submit(sample), pool.submit(sample)
    assert begun.wait(PATIENCE_S)
    pool.shutdown(wait=False, cancel_futures=True)
    assert (running.running(), queued.cancelled()) == (True, True)
    may_end.set()
    assert running.result(PATIENCE_S) == "the last sample"


@pytest.mark.skipif(sys.platform == "win32", reason="there terminate() kills, and nobody is asked")
def test_a_process_may_ignore_what_it_is_asked() -> None:
    """A child that ignores SIGTERM is still there after terminate()."""
    code = (
        "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); "
        "sys.stdin.read(); print('the last sample')"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.terminate()
        is_there = child.poll() is None
        said, _ = child.communicate(timeout=PATIENCE_S)
    assert is_there
    assert said == "the last sample\n"
