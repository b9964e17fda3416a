"""`id` as it may be on the worst day: the number of what is gone belongs to the next object that is asked.

Python promises that two objects which live at the same time have different numbers, and nothing else. In a
real process it is chance when a number comes again; here it does at once. Standard library only.
"""

import re
import weakref
from collections.abc import Callable
from typing import Any

_ASKS = re.compile(r"(?<![.\w])id\b")
_FIRST, _STEP = 1 << 48, 16
"""Above every address that a process has, and like one."""


def asks(source: str) -> bool:
    """May this source ask for the identity of an object?"""
    return _ASKS.search(source) is not None


class Identities:
    """The numbers that are taken in one process, and those that can be had again, the last one first."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], int]] = {}
        self._free: list[int] = []
        self._taken = 0

    def begin(self) -> None:
        """A new process: no number is taken."""
        self._known.clear()
        self._free.clear()
        self._taken = 0

    def function(self) -> Callable[[Any], int]:
        """Give what stands in for the built-in function `id`."""
        known, free = self._known, self._free

        def id(obj: Any, /) -> int:
            """Return the identity of an object, which is unique among those that live at the same time."""
            at = _address_of(obj)
            held = known.get(at)
            if held is not None and held[0]() is obj:
                return held[1]
            try:
                ref = weakref.ref(obj, lambda gone: self._let_go(at, gone))
            except TypeError:  # a number, a text, a list: nobody hears when it goes
                return at
            number = free.pop() if free else self._next()
            known[at] = ref, number
            return number

        return id

    def _next(self) -> int:
        self._taken += 1
        return _FIRST + _STEP * self._taken

    def _let_go(self, at: int, gone: "weakref.ref[Any]") -> None:
        held = self._known.get(at)
        if held is not None and held[0] is gone:
            del self._known[at]
            self._free.append(held[1])


_address_of = id
