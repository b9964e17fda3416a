"""What page 51 says about real systems, held against those systems."""

import asyncio
import concurrent.futures
import http.client
import socket
import sqlite3
import struct
import threading
from collections.abc import Iterator

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


def test_sqlite_says_whose_claim_it_is() -> None:
    """The same conditional UPDATE, twice: the first changes one row, the second none."""
    table = sqlite3.connect(":memory:")
    table.execute("create table alerts (id, state)")
    table.execute("insert into alerts values ('disk-7', 'pending')")
    assert [table.execute(CLAIM).rowcount for _ in range(2)] == [1, 0]
    table.close()


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
