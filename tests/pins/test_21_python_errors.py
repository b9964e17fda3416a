"""What the reference of outcomes says of Python's own errors, checked by raising them."""

import asyncio
import concurrent.futures
import http.client
import multiprocessing
import socket
import sqlite3
import threading
from concurrent.futures.process import BrokenProcessPool

import pytest

pytestmark = pytest.mark.pin


def test_a_refused_connection_is_refused_before_anything_is_sent():
    """Where nobody listens, connecting raises ConnectionRefusedError: there is no connection to send on."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(nobody.getsockname())


@pytest.mark.parametrize("acts", [True, False])
def test_a_server_that_hangs_up_does_not_tell_whether_it_acted(acts):
    """The client sees RemoteDisconnected, whether the server acted on the request or not."""
    done = []

    def serve(listener):
        connection, _ = listener.accept()
        with connection:
            request = connection.recv(65536)
            if acts:
                done.append(request.split()[1])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=(listener,))
        server.start()
        client = http.client.HTTPConnection(*listener.getsockname())
        client.request("POST", "/alerts")
        with pytest.raises(http.client.RemoteDisconnected):
            client.getresponse()
        client.close()
        server.join()
    assert issubclass(http.client.RemoteDisconnected, ConnectionResetError)
    assert done == ([b"/alerts"] if acts else [])


def test_a_timeout_is_no_connection_error():
    """`except ConnectionError` does not catch a timeout, and all timeouts are the built-in TimeoutError."""
    assert not issubclass(TimeoutError, ConnectionError)
    assert issubclass(TimeoutError, OSError)
    assert TimeoutError is socket.timeout is asyncio.TimeoutError is concurrent.futures.TimeoutError


def test_a_cancellation_is_no_exception():
    """`except Exception` does not see the cancellation of a task, and does see that of a future of a pool."""
    assert not issubclass(asyncio.CancelledError, Exception)
    assert issubclass(concurrent.futures.CancelledError, Exception)
    assert not issubclass(concurrent.futures.CancelledError, asyncio.CancelledError)


def test_a_timeout_is_a_cancellation_inside():
    """What `asyncio.timeout` stops is cancelled; the caller sees TimeoutError, caused by CancelledError."""
    seen = []

    async def work():
        try:
            await asyncio.sleep(3600)
        except BaseException as error:
            seen.append(type(error))
            raise

    async def story():
        async with asyncio.timeout(0):
            await work()

    with pytest.raises(TimeoutError) as caught:
        asyncio.run(story())
    assert seen == [asyncio.CancelledError]
    assert isinstance(caught.value.__cause__, asyncio.CancelledError)


def test_a_cancelled_to_thread_goes_on():
    """Cancelling a task that waits for `to_thread` ends the waiting, and nothing else."""
    started, go_on, done = threading.Event(), threading.Event(), []

    def work():
        started.set()
        go_on.wait(10)
        done.append("disk-7")

    async def story():
        task = asyncio.create_task(asyncio.to_thread(work))
        await asyncio.to_thread(started.wait, 10)
        task.cancel()
        await asyncio.wait({task})
        before = list(done)
        go_on.set()
        return task.cancelled(), before

    assert asyncio.run(story()) == (True, [])
    assert done == ["disk-7"]


def test_giving_up_on_a_future_does_not_stop_it():
    """After `result(timeout)` has raised TimeoutError the work goes on, and `cancel()` says False."""
    started, go_on, done = threading.Event(), threading.Event(), []

    def work():
        started.set()
        go_on.wait(10)
        done.append("disk-7")

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        running, queued = pool.submit(work), pool.submit(done.append, "api-2")
        started.wait(10)
        with pytest.raises(TimeoutError):
            running.result(timeout=0)
        assert (running.cancel(), queued.cancel()) == (False, True)
        go_on.set()
    assert done == ["disk-7"]


def test_a_worker_that_died_may_have_done_its_work(tmp_path):
    """BrokenProcessPool says that a worker died; what it had done before stays done."""
    alert = tmp_path / "disk-7"
    dies = f"import os, pathlib; pathlib.Path({str(alert)!r}).touch(); os._exit(1)"
    context = multiprocessing.get_context("spawn")
    died = pytest.raises(BrokenProcessPool)
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool, died:
        pool.submit(exec, dies).result()
    assert alert.exists()


def test_a_queue_that_is_full_has_not_taken_the_item():
    """QueueFull is definite: the item is not in the queue."""
    queue = asyncio.Queue(maxsize=1)
    queue.put_nowait("disk-7")
    with pytest.raises(asyncio.QueueFull):
        queue.put_nowait("api-2")
    assert queue.qsize() == 1


def test_a_failed_constraint_undoes_its_statement_and_no_more():
    """IntegrityError is definite for its statement; the row before it is still in the open transaction."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE alerts (name TEXT UNIQUE)")
    database.execute("INSERT INTO alerts VALUES ('disk-7')")
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO alerts VALUES ('api-2'), ('disk-7')")
    assert database.execute("SELECT name FROM alerts").fetchall() == [("disk-7",)]
    assert database.in_transaction
    database.close()


def test_a_locked_database_has_not_written(tmp_path):
    """`database is locked` is definite: the statement that raised it wrote nothing."""
    writer, other = (sqlite3.connect(tmp_path / "alerts.db", timeout=0) for _ in range(2))
    writer.execute("CREATE TABLE alerts (name TEXT)")
    writer.execute("INSERT INTO alerts VALUES ('disk-7')")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("INSERT INTO alerts VALUES ('api-2')")
    writer.commit()
    assert other.execute("SELECT name FROM alerts").fetchall() == [("disk-7",)]
    writer.close()
    other.close()
