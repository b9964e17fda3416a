"""What page 51 says about real systems, held against those systems."""

import asyncio
import concurrent.futures
import contextlib
import http.client
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.pin

CLAIM = "update alerts set state = 'in progress' where id = 'disk-7' and state = 'pending'"
HANG_UP_WITH_A_RESET = struct.pack("ii", 1, 0)


@pytest.fixture
def heard() -> list[bytes]:
    """What the other side has read."""
    return []


@pytest.fixture
def phone(heard: list[bytes]) -> Iterator[tuple[str, int]]:
    """A server that reads one request and resets the connection instead of answering; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        hears = threading.Thread(target=_hear_and_hang_up, args=(server, heard))
        hears.start()
        yield server.getsockname()
        hears.join()


def _hear_and_hang_up(server: socket.socket, heard: list[bytes]) -> None:
    connection, _ = server.accept()
    heard.append(connection.recv(1000))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HANG_UP_WITH_A_RESET)
    connection.close()


@pytest.fixture
def alerts(tmp_path: Path) -> Path:
    """A table in a file, with one pending alert."""
    path = tmp_path / "alerts.db"
    with contextlib.closing(sqlite3.connect(path)) as table, table:
        table.execute("create table alerts (id, state)")
        table.execute("insert into alerts values ('disk-7', 'pending')")
    return path


def test_sqlite_says_whose_claim_it_is(alerts: Path) -> None:
    """The same conditional UPDATE from two connections, one after the other: 1 row, then none."""
    claimed = []
    for _ in range(2):
        with contextlib.closing(sqlite3.connect(alerts)) as worker, worker:
            claimed.append(worker.execute(CLAIM).rowcount)
    assert claimed == [1, 0]


def test_an_open_claim_locks_the_others_out(alerts: Path) -> None:
    """Before a claim is committed, another connection waits for the lock, by default 5 s, and fails."""
    with contextlib.closing(sqlite3.connect(alerts)) as first:
        assert first.execute("pragma busy_timeout").fetchone() == (5_000,)
        assert first.execute(CLAIM).rowcount == 1
        with contextlib.closing(sqlite3.connect(alerts, timeout=0.01)) as second:
            with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                second.execute(CLAIM)
            first.commit()
            assert second.execute(CLAIM).rowcount == 0


@pytest.mark.parametrize(("then", "left"), [("", "pending"), ("table.commit()", "in progress")])
def test_a_claim_that_is_not_committed_dies_with_its_process(alerts: Path, then: str, left: str) -> None:
    """A process claims and is killed: the claim is gone if it was not committed, and there if it was."""
    program = f"""
import sqlite3, sys
table = sqlite3.connect(sys.argv[1])
claimed = table.execute({CLAIM!r}).rowcount
{then}
print(claimed, flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-S", "-c", program, str(alerts)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "1\n"
        worker.kill()
    with contextlib.closing(sqlite3.connect(alerts)) as table:
        assert table.execute("select state from alerts").fetchall() == [(left,)]


def test_a_future_is_claimed_by_asking() -> None:
    """A cancelled future answers a claim with False; a claimed one answers a cancel with False."""
    cancelled, running = concurrent.futures.Future[str](), concurrent.futures.Future[str]()
    assert cancelled.cancel()
    assert cancelled.set_running_or_notify_cancel() is False
    assert running.set_running_or_notify_cancel() is True
    assert running.cancel() is False


def test_a_future_refuses_a_second_result() -> None:
    """A finished future raises InvalidStateError when it is finished once more, and keeps its result."""
    future = concurrent.futures.Future[str]()
    future.set_result("rang")
    with pytest.raises(concurrent.futures.InvalidStateError):
        future.set_result("did not ring")
    assert future.result() == "rang"


def test_an_asyncio_future_refuses_a_second_result() -> None:
    """The future of asyncio does the same."""
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    future.set_result("rang")
    with pytest.raises(asyncio.InvalidStateError):
        future.set_result("did not ring")
    loop.close()


def test_a_reset_comes_after_the_other_side_heard(heard: list[bytes], phone: tuple[str, int]) -> None:
    """A server reads the request and resets: the client gets ConnectionResetError, a ConnectionError."""
    with socket.create_connection(phone) as line:
        line.sendall(b"ring for disk-7")
        with pytest.raises(ConnectionResetError):
            line.recv(1000)
    assert heard == [b"ring for disk-7"]
    assert issubclass(ConnectionResetError, ConnectionError)


def test_http_client_loses_a_reply_as_a_reset(heard: list[bytes]) -> None:
    """A server reads a POST and closes: http.client raises RemoteDisconnected, a ConnectionResetError."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        hears = threading.Thread(target=_hear_and_close, args=(server, heard))
        hears.start()
        client = http.client.HTTPConnection(*server.getsockname())
        client.request("POST", "/ring/disk-7")
        with pytest.raises(http.client.RemoteDisconnected) as lost:
            client.getresponse()
        hears.join()
        client.close()
    assert heard[0].startswith(b"POST /ring/disk-7")
    assert isinstance(lost.value, ConnectionResetError)


def _hear_and_close(server: socket.socket, heard: list[bytes]) -> None:
    connection, _ = server.accept()
    heard.append(connection.recv(1000))
    connection.shutdown(socket.SHUT_WR)
    connection.close()


def test_nobody_listens_means_refused() -> None:
    """A port on which nobody listens any more refuses: ConnectionRefusedError, and nothing was heard."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def test_celery_says_pending_of_what_it_never_saw() -> None:
    """Celery's PENDING is what it says of any id that it does not know, one that was never sent included."""
    import celery
    from celery.result import AsyncResult

    app = celery.Celery(backend="cache+memory://")
    assert AsyncResult("never-sent", app=app).state == "PENDING"


@dataclass(frozen=True)
class _ReadOnlyError(Exception):
    text: str


def test_a_read_only_error_becomes_another_one_in_a_context_of_contextlib() -> None:
    """`asynccontextmanager` sets the traceback of what passes through it: of a frozen error comes another."""

    @contextlib.asynccontextmanager
    async def claim() -> AsyncIterator[None]:
        yield

    async def work() -> None:
        async with claim():
            raise _ReadOnlyError("out of order")

    with pytest.raises(FrozenInstanceError):
        asyncio.run(work())
