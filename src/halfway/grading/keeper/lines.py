"""Lines of JSON over descriptors, between the keeper and its children."""

from __future__ import annotations

import json
import os
from typing import Any

READY = b'{"event": "ready"}'
"""What a child says that was made ahead, once it can be asked."""


def write_all(descriptor: int, data: bytes) -> None:
    """Writes all of it."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


class Lines:
    """Lines from a descriptor, as they come."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.ended = False
        self._rest = b""

    def read(self) -> list[bytes]:
        """Gives the whole lines that one read brings; none, and `ended`, at the end."""
        try:
            data = os.read(self.descriptor, 1 << 16)
        except OSError:
            data = b""
        self.ended = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        return lines


def next_request(descriptor: int) -> Any:
    """Waits for the one request that comes there; the process ends if none does."""
    requests = Lines(descriptor)
    lines: list[bytes] = []
    while not lines and not requests.ended:
        lines = requests.read()
    os.close(descriptor)
    if not lines:
        os._exit(0)
    return json.loads(lines[0])
