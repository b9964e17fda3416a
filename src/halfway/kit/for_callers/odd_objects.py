"""Objects for callers that somebody hands on, or knows by their methods alone: nothing else says anything."""

from typing import Any


class OddObject:
    """It is false, no key, equal to all, neither more nor less than anything, the number 1, and callable.

    It has no attribute that a class built on it does not declare in its `__slots__`, so that nobody marks it,
    and nobody holds it weakly. It is a part for `callers`.
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> "Any":
        return iter(())

    def __eq__(self, other: object) -> bool:
        return True

    def __lt__(self, other: object) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__

    def __index__(self) -> int:
        return 1

    __int__ = __index__

    def __float__(self) -> float:
        return 1.0

    def __call__(self, *args: object, **named: object) -> "Any":
        return self


class UndecidedObject:
    """It is neither true nor false, and equals nothing and is unlike nothing: to ask it raises ValueError.

    Arrays of numbers are like this. It is a part for `callers`.
    """

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise ValueError("this object is neither true nor false")

    def __eq__(self, other: object) -> bool:
        raise ValueError("this object cannot say what it equals")
