"""Serves a built site to this machine, on a port that is free."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from halfway.cli.codes import Exit
from halfway.cli.problem import Problem

if TYPE_CHECKING:
    from halfway.site.serve import Server

PORT = 8041
PORTS = click.IntRange(1, 65_535)
TRIES = 20
HOST = "127.0.0.1"
ANSWER_SECONDS_MAX = 0.2


@contextmanager
def serving(out: Path, port: int = PORT) -> Iterator[str]:
    """Serves the folder while the block runs, on `port` or the next one that is free; gives the address."""
    server = _server(out, port)
    with server:
        yield server.address


def _server(out: Path, port: int) -> Server:
    from halfway.site.serve import Server

    last = min(port + TRIES, 2**16)
    for candidate in range(port, last):
        if not _is_taken(candidate):
            with suppress(OSError):
                return Server(out, host=HOST, port=candidate)
    raise Problem(
        f"No port from {port} to {last - 1} is free on this machine.",
        "",
        f"Next: `halfway start --port {8080 if port != 8080 else 9090}`, or another number.",
        Exit.NOTHING_TO_GRADE,
    )


def _is_taken(port: int) -> bool:
    """Asks whether somebody answers there: on Windows two servers can bind one port."""
    if os.name == "nt":
        with suppress(OSError), socket.create_connection((HOST, port), ANSWER_SECONDS_MAX):
            return True
    return False
