"""Threads that a program has begun, and that are not over when a synchronous call has ended."""

import threading
from typing import Any

from halfway.subject.pending import Late
from halfway.wire import Wire


class Threads:
    """Says how many threads, timers among them, are alive that synchronous calls of a program have begun.

    Those that run in line are in `late`; real ones are begun by what has no stand-in.
    """

    __slots__ = ("_are_made", "_late", "_left", "_others")

    def __init__(self, are_made: bool, late: list[Late]) -> None:
        self._are_made, self._late = are_made, late
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
        left = len(self._left) + len([late for late in self._late if not late.is_over])
        return {**(seen or {}), "left": left} if left else seen
