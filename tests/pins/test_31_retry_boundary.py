"""What page 31 says about real systems, asked of those systems."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, ReadTimeoutError

pytestmark = pytest.mark.pin


def tries_again(method: str, error: Exception) -> bool:
    """Does urllib3's Retry allow one more request after this error?"""
    try:
        urllib3.Retry(total=2).increment(method, "/", error=error)
    except ReadTimeoutError:
        return False
    return True


def test_urllib3_repeats_a_post_only_where_it_was_not_sent() -> None:
    """A connection that was not opened is tried again for a POST, a read timeout for a PUT alone."""
    pool = urllib3.HTTPConnectionPool("127.0.0.1")
    unheard = ReadTimeoutError(pool, "/", "late")
    assert tries_again("POST", ConnectTimeoutError())
    assert not tries_again("POST", unheard)
    assert tries_again("PUT", unheard)


@contextmanager
def hanging_up() -> Iterator[tuple[str, list[str]]]:
    """A server that reads each request and hangs up: its address, and the methods it has read."""
    seen: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    words = connection.recv(9_999).split()
                    if not words:
                        return
                    seen.append(words[0].decode())

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", seen
        socket.create_connection(server.getsockname()).close()
        thread.join(10)


def sent(session: requests.Session, method: str, url: str) -> None:
    with pytest.raises(requests.ConnectionError):
        session.request(method, url, timeout=10)


def session_with_retries() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", HTTPAdapter(max_retries=3))
    return session


def test_requests_repeats_a_get_that_was_read_and_no_post() -> None:
    """With max_retries=3, a GET that was read and not answered is sent four times, and a POST once."""
    with hanging_up() as (url, seen), session_with_retries() as session:
        sent(session, "GET", url)
        sent(session, "POST", url)
        assert seen == ["GET"] * 4 + ["POST"]


def test_a_loop_around_requests_multiplies() -> None:
    """A loop of three around an adapter of four tries sends twelve requests."""
    with hanging_up() as (url, seen), session_with_retries() as session:
        for _ in range(3):
            sent(session, "GET", url)
        assert seen == ["GET"] * 12
