"""Objects that are made for one call: the next one of its class has the address of the one before.

Whether a real process puts something else there meanwhile is chance. Here an object that nobody holds any
more is emptied, and made anew in its place.
"""

import sys
import weakref
from typing import Any


class Addresses:
    """Where objects were that are gone."""

    def __init__(self) -> None:
        self._used: list[tuple[Any, int]] = []
        self._free: dict[Any, Any] = {}

    def made(self, kind: Any, args: list[Any]) -> Any:
        """Give a new object, at the place of the last one of its class that was let go."""
        new = self._free.pop(kind, None)
        if new is None:
            new = kind(*args)
        else:
            new.__init__(*args)
        if _is_plain(type(new)):
            self._used.append((new, _holders(new)))
        return new

    def hold(self) -> None:
        """A call has ended: the places of what was made for it, and is held by nobody, can be had again."""
        while self._used:
            new, holders = self._used.pop()
            # One holder fewer than when it was made: the list has it no more, and nobody has come instead.
            if _holders(new) < holders and not weakref.getweakrefcount(new):
                new.__dict__.clear()
                self._free[type(new)] = new


def _holders(new: Any) -> int:
    return sys.getrefcount(new)


def _is_plain(kind: Any) -> bool:
    """Is all that an object of this class holds in its `__dict__`, and does nothing happen as it goes?"""
    if kind.__new__ is not object.__new__ or hasattr(kind, "__del__") or not kind.__dictoffset__:
        return False
    return not any(vars(base).get("__slots__") for base in kind.__mro__)
