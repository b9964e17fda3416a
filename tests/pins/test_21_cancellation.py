"""What page 21 says of asyncio, Trio and SQLite, checked by running them."""

import asyncio
import sqlite3
import sys

import pytest

pytestmark = pytest.mark.pin


def test_in_a_turn_every_ready_task_runs_to_its_next_wait():
    """In each turn, every task that can go on does so until it waits again, one after the other."""
    ran = []

    async def task(name):
        for _ in range(2):
            ran.append((name, "begins"))
            ran.append((name, "waits"))
            await asyncio.sleep(0)

    async def story():
        await asyncio.gather(task("a"), task("b"))

    asyncio.run(story())
    a_turn = [("a", "begins"), ("a", "waits"), ("b", "begins"), ("b", "waits")]
    assert ran == a_turn * 2


def test_a_cancelled_queue_get_leaves_the_item():
    """`Queue.get` that is cancelled in the turn in which an item came has not taken the item."""

    async def story():
        queue = asyncio.Queue()
        getter = asyncio.create_task(queue.get())
        await asyncio.sleep(0)
        queue.put_nowait("disk-7")
        getter.cancel()
        await asyncio.wait({getter})
        return getter.cancelled(), queue.qsize()

    assert asyncio.run(story()) == (True, 1)


def test_a_cancelled_trio_receive_leaves_the_item():
    """Trio keeps its rule: `receive` that raises Cancelled has not taken the item."""
    import trio

    async def story():
        send, receive = trio.open_memory_channel(1)
        with trio.CancelScope() as scope:
            scope.cancel()
            send.send_nowait("disk-7")
            await receive.receive()
        return scope.cancelled_caught, receive.statistics().current_buffer_used

    assert trio.run(story) == (True, 1)


def test_a_cancelled_loop_of_trio_sends_has_happened_in_part():
    """Trio's rule is about one operation: a loop of them that was cancelled has happened in part."""
    import trio

    async def story():
        send, receive = trio.open_memory_channel(2)
        with trio.CancelScope() as scope:
            for alert in ("disk-7", "api-2", "db-1"):
                if alert == "db-1":
                    scope.cancel()
                await send.send(alert)
        return scope.cancelled_caught, receive.statistics().current_buffer_used

    assert trio.run(story) == (True, 2)


def test_a_task_cancelled_before_its_first_step_never_runs():
    """A task that is cancelled before its first step runs nothing of its body, not even `finally`."""
    ran = []

    async def body():
        try:
            ran.append("body")
        finally:
            ran.append("finally")

    async def story():
        task = asyncio.create_task(body())
        task.cancel()
        await asyncio.wait({task})
        return task.cancelled()

    assert asyncio.run(story()) is True
    assert ran == []


def test_an_interrupted_sqlite_insert_takes_the_whole_transaction_with_it():
    """SQLite, interrupted in an INSERT, rolls back the transaction: also the row inserted before."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE alerts (name TEXT)")
    database.commit()
    database.execute("INSERT INTO alerts VALUES ('disk-7')")
    database.set_progress_handler(lambda: 1, 1_000)
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        database.execute(f"{numbers} INSERT INTO alerts SELECT i FROM n")
    database.set_progress_handler(None, 1_000)
    assert database.execute("SELECT count(*) FROM alerts").fetchone() == (0,)
    assert not database.in_transaction
    database.close()


class Stopped(asyncio.CancelledError):
    """A cancellation that carries an outcome."""


async def _export():
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        raise Stopped("2 of 3") from None


def test_an_outcome_in_the_cancellation_reaches_the_first_await_only():
    """Of two that wait for one task, the first sees a subclass of CancelledError, the second does not."""

    async def watched(task):
        try:
            await task
        except asyncio.CancelledError as error:
            return type(error), error.args

    async def story():
        task = asyncio.create_task(_export())
        watchers = [asyncio.create_task(watched(task)) for _ in range(2)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        return await asyncio.gather(*watchers)

    assert asyncio.run(story()) == [(Stopped, ("2 of 3",)), (asyncio.CancelledError, ())]


def test_wait_for_loses_a_cancel_before_3_12():
    """Before 3.12, a task cancelled in the turn in which its `wait_for` is done goes on; later, it ends."""

    async def story():
        reply = asyncio.get_running_loop().create_future()
        waiting = asyncio.create_task(asyncio.wait_for(reply, 3600))
        await asyncio.sleep(0)
        reply.set_result("added")
        waiting.cancel()
        await asyncio.wait({waiting})
        return waiting.cancelled()

    assert asyncio.run(story()) is (sys.version_info >= (3, 12))


def test_a_timeout_keeps_a_cancel_that_comes_with_the_reply():
    """A task cancelled in the turn in which the wait in its `asyncio.timeout` is done ends cancelled."""

    async def story():
        reply = asyncio.get_running_loop().create_future()

        async def wait():
            async with asyncio.timeout(3600):
                return await reply

        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        reply.set_result("added")
        waiting.cancel()
        await asyncio.wait({waiting})
        return waiting.cancelled()

    assert asyncio.run(story()) is True
