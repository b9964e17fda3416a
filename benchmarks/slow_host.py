"""A host of pages that is far away: it compresses, answers late, and sends so many bits a second.

All connections share what it sends, as they share the line of a home.
"""

from __future__ import annotations

import gzip
import threading
import time
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

from halfway.site.serve import TYPES

BITS_A_SECOND, LATENCY_S, PART = 1_500_000, 0.04, 2_048
PACKED = (".png", ".woff2", ".bin")
"""What is small already: a host sends it as it is."""


class Line:
    """What carries so many bits a second, whoever sends."""

    def __init__(self, bits_a_second: float) -> None:
        self._lock, self._free, self._bytes_a_second = threading.Lock(), 0.0, bits_a_second / 8
        self.sent = 0

    def carry(self, size: int) -> None:
        """Returns when so many bytes have gone."""
        with self._lock:
            self._free = max(self._free, time.monotonic()) + size / self._bytes_a_second
            until, self.sent = self._free, self.sent + size
        time.sleep(max(0.0, until - time.monotonic()))


class SlowHost:
    """Serves the folder `out` at `address`, over one slow line."""

    def __init__(self, out: Path, bits_a_second: float = BITS_A_SECOND) -> None:
        self.line = Line(bits_a_second)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, out.resolve(), self.line))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> SlowHost:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


@cache
def _body(path: Path) -> bytes:
    data = path.read_bytes()
    return data if path.suffix in PACKED else gzip.compress(data, 6)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, out: Path, line: Line, *given: object) -> None:
        self._out, self._line = out, line
        super().__init__(*given)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answers with a file of the site, a part at a time."""
        path = (self._out / unquote(urlsplit(self.path).path).lstrip("/")).resolve()
        path = path / "index.html" if path.is_dir() else path
        if not (path.is_relative_to(self._out) and path.is_file()):
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        time.sleep(LATENCY_S)
        body = _body(path)
        self.send_response(200)
        self.send_header("Content-Type", TYPES.get(path.suffix, TYPES[""]))
        self.send_header("Content-Length", str(len(body)))
        if path.suffix not in PACKED:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        for begin in range(0, len(body), PART):
            part = body[begin : begin + PART]
            self._line.carry(len(part))
            try:
                self.wfile.write(part)
            except ConnectionError:
                return  # the browser has left: its page was closed

    def log_message(self, *_: object) -> None:
        """Says nothing."""
