"""`halfway site --check`: what a host does wrong with the pages is told with what a reader loses by it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from halfway.cli.commands.site import site_command
from halfway.site import Server
from halfway.site.check import NotThere, check

PYTHON = b"packed"
FILES = {
    "index.html": b"<html>Halfway</html>",
    "404.html": b"<html>Halfway has no such page</html>",
    "concepts/index.html": b"<html>Halfway</html>",
    "assets/web/lab/lab.js": b"export const start = 1;",
    "assets/lab.css": b"p {}",
    "units/index.json": b"[]",
    f"lab/python-{sha256(PYTHON).hexdigest()[:12]}.bin": PYTHON,
}
Change = Callable[["Host"], None]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small site with everything that is looked at."""
    packed = next(name for name in FILES if name.endswith(".bin"))
    told = {"files": {"wasm": {"url": packed.removeprefix("lab/"), "bytes": len(PYTHON)}}}
    files = {**FILES, "lab/engine.json": json.dumps(told).encode()}
    files["sw.js"] = f"self.HALFWAY_SITE = {json.dumps({'known': list(files)})};\n".encode()
    for name, content in files.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "site"


class Host(SimpleHTTPRequestHandler):
    """A host of static files, set up by whoever did not think of these pages."""

    more: dict[str, str] = {}  # noqa: RUF012 - set by each test's own class

    def end_headers(self) -> None:
        for name, value in self.more.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that its base gives
        pass


@contextmanager
def hosted(site: Path, handler: type[Host]) -> Iterator[str]:
    """Serves the site as this host does."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def test_our_own_server_has_nothing_to_mend(site: Path) -> None:
    """What `halfway site --serve` does is right, also below a path, and the command says so."""
    with Server(site, path="/some/course/") as server:
        assert check(server.address) == []
        done = CliRunner().invoke(site_command, ["--check", server.address], standalone_mode=False)
    assert done.output == "✓ The host serves the pages as a browser needs them.\n"
    assert done.return_value == 0


@pytest.mark.parametrize("ending", [".js", ".css", ".json"])
def test_a_type_that_no_browser_takes_is_told(site: Path, ending: str) -> None:
    """A host that does not know an ending sends bytes, and the finding names file and type."""

    class Ignorant(Host):
        extensions_map = Host.extensions_map | {ending: "application/octet-stream"}

    with hosted(site, Ignorant) as address:
        told = [str(finding) for finding in check(address)]
    assert any(f"{ending}: it comes as application/octet-stream, not as" in line for line in told)


def test_a_page_that_is_not_there_has_to_say_so(site: Path) -> None:
    """The host's own 404 page, and a start page in its place, are both told."""
    with hosted(site, Host) as address:
        assert "the host shows its own 404 page" in str(check(address)[-1])

    class Welcoming(Host):
        def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
            self.path = "/index.html"
            self.do_GET()

    with hosted(site, Welcoming) as address:
        assert "a page that is not there answers 200" in str(check(address)[-1])


def test_a_policy_and_a_cache_that_hurt_are_told(site: Path) -> None:
    """A policy that forbids WebAssembly, and a service worker that is kept for a year."""

    class Strict(Host):
        more = {  # noqa: RUF012 - never changed
            "Content-Security-Policy": "default-src 'self'",
            "Cache-Control": "public, max-age=31536000",
        }

    with hosted(site, Strict) as address:
        told = "\n".join(map(str, check(address)))
    assert "\"default-src 'self'\" forbids WebAssembly" in told
    assert "sw.js: a browser may keep it for 31,536,000 s" in told


def test_bytes_that_were_changed_on_the_way_are_told(site: Path) -> None:
    """A part of Python that does not have the bytes its name promises would break every run."""
    next(site.glob("lab/*.bin")).write_bytes(b"unpacked on the way")
    with Server(site) as server:
        assert "other bytes arrive than were put there" in str(check(server.address)[0])


def test_where_no_site_is_the_command_says_what_to_type() -> None:
    """No host, and something that is no address: one kind message each."""
    with pytest.raises(NotThere, match="no address of a host"):
        check("course/")
    with pytest.raises(NotThere, match="cannot be had"):
        check("http://127.0.0.1:9/")
