"""The terminal that a watcher is on: whether it is still there.

Who sits behind `su -c`, `setsid` or `docker exec` sends no signal when they go. What reads from such a
terminal then reads nothing, at once and for ever.
"""

from __future__ import annotations

import select
import sys
import threading
from collections.abc import Callable

LOOK_S = 1.0


def is_gone(descriptor: int) -> bool:
    """Has the other side of this terminal gone away?"""
    if not hasattr(select, "poll"):
        return False
    looked = select.poll()
    looked.register(descriptor, 0)
    try:
        return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in looked.poll(0))
    except OSError:
        return True


def standard_ones() -> list[int]:
    """Gives the descriptors of those standard streams that are a terminal now."""
    found = []
    for stream in (sys.__stdin__, sys.__stdout__):
        try:
            if stream is not None and stream.isatty():
                found.append(stream.fileno())
        except (OSError, ValueError):
            continue
    return found


class Lookout:
    """Calls `gone` once, from a thread of its own, when a terminal that was there at the start is gone."""

    def __init__(self, gone: Callable[[], object], descriptors: list[int] | None = None) -> None:
        self._gone = gone
        self._descriptors = standard_ones() if descriptors is None else descriptors
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lookout", daemon=True)

    def start(self) -> None:
        """Begins to look, where there is a terminal to look at."""
        if self._descriptors:
            self._thread.start()

    def stop(self) -> None:
        """Looks no more."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_S):
            if any(map(is_gone, self._descriptors)):
                self._gone()
                return
