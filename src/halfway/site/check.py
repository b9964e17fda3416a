"""What a host does wrong with a site that was put there, asked as a reader's browser would ask it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPException
from pathlib import PurePosixPath
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import Request, urlopen

LIMIT_S = 20.0
LONG_S = 86_400
WORTH_PACKING = 50_000
NO_PAGE = "there-is-no-such-page-of-the-course/"
HERE = ("127.0.0.1", "localhost", "[::1]")
KINDS = {
    ".html": ("text/html",),
    ".js": ("text/javascript", "application/javascript"),
    ".css": ("text/css",),
    ".json": ("application/json",),
    ".svg": ("image/svg+xml",),
}
HASH = re.compile(r"-([0-9a-f]{12})\.bin\Z")
AGE = re.compile(r"max-age=(\d+)")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: `where`, what is the matter with it, and what a reader loses by it."""

    where: str
    what: str
    loses: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.loses}"


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class NotThere(Exception):
    """The site cannot be asked anything; the text says why."""


def check(address: str) -> list[Finding]:
    """Asks for a file of each kind, and gives what is wrong. Raises NotThere where no site answers."""
    address = address if address.endswith("/") else f"{address}/"
    host = _Host(address)
    start = host.get("")
    if start.status != 200:
        raise NotThere(f"{address} answers {start.status}")
    worker = host.get("sw.js")
    listed = _listed(worker)
    if not listed:
        raise NotThere(f"{address}sw.js is not the list of a Halfway site")
    found = [*_secure(address), *_policy(start), *_kinds(host, listed), *_worker(worker)]
    return [*found, *_packed(host, listed), *_missing(host), *_folders(host, listed)]


class _Host:
    def __init__(self, address: str) -> None:
        if urlsplit(address).scheme not in ("http", "https"):
            raise NotThere(f"{address} is no address of a host; it begins with https:// or http://")
        self.address = address

    def get(self, path: str, **headers: str) -> _Answer:
        asked = Request(urljoin(self.address, quote(path)), headers=headers)  # noqa: S310 - http(s), see above
        try:
            with urlopen(asked, timeout=LIMIT_S) as answer:  # noqa: S310 - the same
                told = {name.lower(): value for name, value in answer.headers.items()}
                return _Answer(answer.status, told, answer.read())
        except HTTPError as error:
            told = {name.lower(): value for name, value in error.headers.items()}
            return _Answer(error.code, told, error.read())
        except (URLError, OSError, HTTPException) as error:
            raise NotThere(f"{self.address}{path} cannot be had: {getattr(error, 'reason', error)}") from None


def _listed(worker: _Answer) -> list[str]:
    """Gives every file of the site, as its service worker knows them."""
    head = worker.body.partition(b"\n")[0].decode("utf-8", "replace")
    try:
        told = json.loads(head.removeprefix("self.HALFWAY_SITE = ").removesuffix(";"))
        return [str(name) for name in told["known"]]
    except (ValueError, KeyError, TypeError):
        return []


def _secure(address: str) -> Iterator[Finding]:
    where = urlsplit(address)
    if where.scheme == "http" and where.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield Finding(address, "it is served without https", "Nothing is kept for a visit without a network.")


def _policy(start: _Answer) -> Iterator[Finding]:
    policy = start.headers.get("content-security-policy", "")
    scripts = next((p for p in policy.split(";") if p.strip().startswith(("script-src", "default-src"))), "")
    if scripts and "unsafe-eval" not in scripts:  # 'wasm-unsafe-eval' holds it too
        yield Finding(
            "Content-Security-Policy",
            f"{scripts.strip()!r} forbids WebAssembly",
            "Run cannot start Python in a page; 'wasm-unsafe-eval' allows it.",
        )


def _kinds(host: _Host, listed: list[str]) -> Iterator[Finding]:
    """Looks at one file of each ending, the largest names last: they are ours."""
    for ending, kinds in KINDS.items():
        path = next((name for name in reversed(listed) if PurePosixPath(name).suffix == ending), None)
        if path is None:
            continue
        answer = host.get(path, **{"Accept-Encoding": "gzip"})
        if answer.status != 200:
            yield Finding(path, f"it answers {answer.status}", "What needs this file does not work.")
        elif answer.kind not in kinds:
            said = answer.kind or "no type"
            yield Finding(path, f"it comes as {said}, not as {kinds[0]}", "A browser does not use it.")
        elif len(answer.body) > WORTH_PACKING and "content-encoding" not in answer.headers:
            yield Finding(path, "it is sent as it is, not packed (gzip)", "Readers wait three times as long.")


def _worker(worker: _Answer) -> Iterator[Finding]:
    age = AGE.search(worker.headers.get("cache-control", ""))
    if age and int(age[1]) > LONG_S:
        loses = "Readers get pages of yesterday; send it with Cache-Control: no-cache."
        yield Finding("sw.js", f"a browser may keep it for {int(age[1]):,} s", loses)


def _packed(host: _Host, listed: list[str]) -> Iterator[Finding]:
    """The parts of Python arrive as they are: a host that unpacks or shortens them breaks them."""
    told: dict[str, Any] = {}
    if "lab/engine.json" in listed:
        answer = host.get("lab/engine.json")
        try:
            told = json.loads(answer.body)["files"]
        except (ValueError, KeyError, TypeError):
            yield Finding("lab/engine.json", "it is not what was built", "Run cannot start Python in a page.")
    if not told:
        return
    smallest = min(told.values(), key=lambda file: file["bytes"])["url"]
    answer, name = host.get(f"lab/{smallest}"), HASH.search(smallest)
    if answer.status != 200 or name is None or not sha256(answer.body).hexdigest().startswith(name[1]):
        changed = "other bytes arrive than were put there"
        what = changed if answer.status == 200 else f"it answers {answer.status}"
        yield Finding(f"lab/{smallest}", what, "Run cannot start Python in a page.")


def _missing(host: _Host) -> Iterator[Finding]:
    answer = host.get(NO_PAGE)
    if answer.status != 404:
        loses = "Search engines and readers take a wrong address for a page."
        yield Finding(NO_PAGE, f"a page that is not there answers {answer.status}", loses)
    elif b"halfway" not in answer.body.lower():
        yield Finding(NO_PAGE, "the host shows its own 404 page, not 404.html", "A reader finds no way back.")


def _folders(host: _Host, listed: list[str]) -> Iterator[Finding]:
    """An address of a folder gives the page in it."""
    page = next((name for name in listed if name.endswith("/index.html")), "index.html")
    folder = page.removesuffix("index.html")
    if host.get(folder).kind != "text/html":
        yield Finding(folder, "it does not give the index.html in it", "Links are dead.")
