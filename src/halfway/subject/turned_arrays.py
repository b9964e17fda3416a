"""`array.array` on a machine of the other byte order: these values, and their memory the other way round.

Standard library only.
"""

import array
import operator
from collections.abc import Iterable, Iterator
from typing import Any

HERE: Any = array.array


class Array(HERE):  # type: ignore[misc]
    """An array whose memory has the other order, for whoever hashes, writes or sends it."""

    def __new__(cls, typecode: str, initializer: Any = (), /) -> "Array":
        made: Array = HERE.__new__(cls, typecode)
        if isinstance(initializer, (bytes, bytearray)):
            made.frombytes(initializer)
        else:
            made.frombytes(_memory(HERE(typecode, initializer)))
        return made

    def _here(self) -> Any:
        """The same values in an array of this machine."""
        plain = HERE(self.typecode)
        plain.frombytes(self.tobytes())
        plain.byteswap()
        return plain

    def _holds(self, raw: Any) -> "Array":
        """An array with this memory."""
        made = type(self)(self.typecode)
        made.frombytes(raw.tobytes())
        return made

    def _of(self, values: Iterable[Any]) -> Any:
        return self._holds(Array(self.typecode, values))

    # ---- values in

    def append(self, value: Any) -> None:
        self.extend([value])

    def extend(self, values: Iterable[Any]) -> None:
        if isinstance(values, HERE) and values.typecode != self.typecode:
            raise TypeError("can only extend with array of same kind")
        self.frombytes(self._of(list(values)).tobytes())

    def fromlist(self, values: list[Any]) -> None:
        self.extend(values)

    def fromunicode(self, text: str) -> None:
        self.extend(text)

    def insert(self, place: int, value: Any) -> None:
        self[place:place] = self._of([value])

    def __setitem__(self, place: Any, value: Any) -> None:
        if not isinstance(place, slice):
            place, value = self._slice_at(place), self._of([value])
        super().__setitem__(place, value)

    # ---- values out

    def _slice_at(self, place: Any) -> slice:
        number = operator.index(place)
        number += len(self) * (number < 0)
        if not 0 <= number < len(self):
            raise IndexError("array index out of range")
        return slice(number, number + 1)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return self._holds(super().__getitem__(place))
        return self[self._slice_at(place)]._here()[0]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __reversed__(self) -> Iterator[Any]:
        return iter(self.tolist()[::-1])

    def __contains__(self, value: object) -> bool:
        return value in self._here()

    def index(self, value: Any, *between: int) -> int:
        return int(self._here().index(value, *between))

    def count(self, value: Any) -> int:
        return int(self._here().count(value))

    def tolist(self) -> list[Any]:
        return list(self._here())

    def tounicode(self) -> str:
        return str(self._here().tounicode())

    def pop(self, place: int = -1) -> Any:
        value = self[place]
        del self[place]
        return value

    def remove(self, value: Any) -> None:
        del self[self.index(value)]

    def __repr__(self) -> str:
        return repr(self._here())

    # ---- as a whole

    def __add__(self, other: Any) -> Any:
        return self._holds(super().__add__(other))

    def __mul__(self, many: Any) -> Any:
        return self._holds(super().__mul__(many))

    __rmul__ = __mul__

    def __copy__(self) -> Any:
        return self._holds(self)

    def __deepcopy__(self, memo: object) -> Any:
        return self._holds(self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self.typecode, self.tolist())

    __hash__ = None  # type: ignore[assignment]


def _compared(name: str) -> Any:
    def method(self: Array, other: Any) -> Any:
        return getattr(self._here(), name)(other._here() if isinstance(other, Array) else other)

    return method


for _name in ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"):
    setattr(Array, _name, _compared(_name))


def _memory(plain: Any) -> bytes:
    plain.byteswap()
    return bytes(plain.tobytes())
