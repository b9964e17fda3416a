"""Serves the built site to this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR
from socketserver import BaseRequestHandler
from threading import Thread
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

NEUTRAL = b"http://halfway.invalid/"
# Our own table: the machine's may call a script "text/plain", and then no browser runs it.
TYPES = {
    "": "application/octet-stream",
    ".bin": "application/octet-stream",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".xml": "application/xml",
    ".zip": "application/zip",
}


class Server:
    """Serves the folder `out` at `address`, from a thread, until it is stopped.

    `path` is the part of the address under which the site lies, "/" or "/somewhere/".
    Raises OSError from the start if the port is taken; port 0 takes any free one.
    """

    def __init__(self, out: Path, *, host: str = "127.0.0.1", port: int = 0, path: str = "/") -> None:
        handler = partial(_Handler, directory=str(out), path=path)
        self._server = _Listening((host, port), handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.address = f"http://{host}:{self._server.server_address[1]}{path}"

    def start(self) -> Server:
        """Begins to serve and returns at once."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stops serving; returns when nothing is served any more."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Listening(ThreadingHTTPServer):
    """Knows its open connections: a browser keeps some for later, and a closed server answers none."""

    daemon_threads = True
    request_queue_size = 128  # of five, one of a browser's connections may be turned away on a busy machine

    def __init__(self, where: tuple[str, int], handler: Callable[..., BaseRequestHandler]) -> None:
        self._open: set[Any] = set()
        super().__init__(where, handler)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._open.discard(request)

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self._open):
            with suppress(OSError):  # its browser was faster
                connection.shutdown(SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of a reader who has gone elsewhere before the answer was there."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(SimpleHTTPRequestHandler):
    """Files below one path, with the types browsers insist on and nothing kept without asking."""

    protocol_version = "HTTP/1.1"
    extensions_map = TYPES

    def __init__(self, *args: object, directory: str, path: str) -> None:
        self._below = path
        super().__init__(*args, directory=directory)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answers with a file, with the site map for this very address, or with the site's own 404 page."""
        asked = urlsplit(self.path).path
        if asked == "/" != self._below or asked == self._below.rstrip("/") != "":
            self.send_response(302)
            self.send_header("Location", self._below)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif not asked.startswith(self._below):
            self._answer(404, "text/plain; charset=utf-8", b"Nothing is here.\n")
        elif asked == self._below + "sitemap.xml":
            self._answer(200, "application/xml", self._here("sitemap.xml"))
        else:
            self.path = "/" + self.path.removeprefix(self._below)
            super().do_GET()

    def _here(self, name: str) -> bytes:
        """Gives a file with the neutral address replaced by the one the reader came by.

        Instant navigation follows links only to addresses that the site map names.
        """
        host = self.headers.get("Host", "127.0.0.1").encode("latin-1")
        text = Path(self.directory, name).read_bytes()
        return text.replace(NEUTRAL, b"http://" + host + self._below.encode())

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answers a page that is not there with the site's own words, if it has some."""
        page = Path(self.directory, "404.html")
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        below = self._below.encode()
        text = page.read_bytes().replace(b'="/', b'="' + below).replace(b'": "/', b'": "' + below)
        self._answer(code, "text/html; charset=utf-8", text)

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        """Lets the browser keep a file only if it asks each time whether it changed."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that its base gives
        """Says nothing: the terminal belongs to the learner."""
