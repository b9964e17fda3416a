"""Threads that a program has begun: a simulation has one, and a synchronous call that has ended has none."""

import threading
from typing import Any

from halfway.wire import Wire


class Threads:
    """Says which threads, timers among them, are alive that synchronous calls of a program have begun."""

    __slots__ = ("_are_made", "_left", "_others")

    def __init__(self, are_made: bool) -> None:
        self._are_made = are_made
        self._left: list[threading.Thread] = []
        self._others: set[threading.Thread] = set()

    def begin(self) -> None:
        """A call begins: whoever is alive now, and is none of the program's, is somebody else's."""
        if self._are_made:
            self._others = set(threading.enumerate()).difference(self._left)

    def seen(self, seen: dict[str, Any] | None, *, at_once: bool) -> Wire:
        """What was noticed of a call that has ended, and with it the threads; `at_once`: it had no loop."""
        if not self._are_made or not (at_once or self._left):
            return seen
        self._left = [thread for thread in threading.enumerate() if thread not in self._others]
        return {**(seen or {}), "left": len(self._left)} if self._left else seen
