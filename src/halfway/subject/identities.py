"""`id` as it may be on the worst day: the number of what is gone belongs to the next object that is asked.

Python promises that two objects which live at the same time have different numbers, and nothing else. In a
real process it is chance when a number comes again; here it does at once. Standard library only.
"""

import re
import sys
import weakref
from collections.abc import Callable
from typing import Any

_ASKS = re.compile(r"(?<![.\w])id\b")
_FIRST, _STEP = 1 << 48, 16
"""Above every address that a process has, and like one."""
_MADE_BY_A_FILE = 1 << 9
"""The flag of a class that a class statement made."""
_HOLDING = frozenset((object, list, dict, bytearray))


def asks(source: str) -> bool:
    """May this source ask for the identity of an object?"""
    return _ASKS.search(source) is not None


class Identities:
    """The numbers that are taken in one process, and those that can be had again, the last one first."""

    def __init__(self) -> None:
        self._heard: dict[int, tuple[weakref.ref[Any], int]] = {}
        self._held: dict[int, tuple[Any, int]] = {}
        self._free: list[int] = []
        self._taken = 0

    def begin(self) -> None:
        """A new process: no number is taken."""
        for kept in (self._heard, self._held, self._free):
            kept.clear()
        self._taken = 0

    def function(self) -> Callable[[Any], int]:
        """Give what stands in for the built-in function `id`."""

        def id(obj: Any, /) -> int:
            """Return the identity of an object, which is unique among those that live at the same time."""
            return self._of(obj)

        return id

    def _of(self, thing: Any) -> int:
        at = _address_of(thing)
        heard = self._heard.get(at)
        if heard is not None and heard[0]() is thing:
            return heard[1]
        try:
            ref = weakref.ref(thing, lambda gone: self._let_go(at, gone))
        except TypeError:
            return self._of_the_held(at, thing) if _can_be_held(thing) else at
        number = self._next()
        self._heard[at] = ref, number
        return number

    def _of_the_held(self, at: int, thing: Any) -> int:
        """Nobody hears when it goes: it is held, and gone as soon as nobody else holds it."""
        alone = [place for place, held in self._held.items() if place != at and _holders(held) <= _ALONE]
        self._free += [self._held.pop(place)[1] for place in alone]
        if at not in self._held:
            self._held[at] = thing, self._next()
        return self._held[at][1]

    def _next(self) -> int:
        if self._free:
            return self._free.pop()
        self._taken += 1
        return _FIRST + _STEP * self._taken

    def _let_go(self, at: int, gone: "weakref.ref[Any]") -> None:
        heard = self._heard.get(at)
        if heard is not None and heard[0] is gone:
            del self._heard[at]
            self._free.append(heard[1])


def _can_be_held(thing: Any) -> bool:
    """Is it an object of a file's own class, or a plain one that somebody makes to be told apart?

    An error is not: it holds the frames that it passed.
    """
    kind = type(thing)
    return kind in _HOLDING or (
        bool(kind.__flags__ & _MADE_BY_A_FILE) and not isinstance(thing, BaseException)
    )


def _holders(held: tuple[Any, int]) -> int:
    return sys.getrefcount(held[0])


_address_of = id
_ALONE = _holders((object(), 0))
