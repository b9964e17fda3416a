"""Plain values across a link. A JSON object is always a tag, so nothing that a value contains can be taken for one.

plain   None, bool, int, float, str, list: as they are, exact types only (a subclass is not plain)
tagged  {"t": tuple}  {"d": dict as a flat list}  {"s": set}  {"z": frozenset}  {"b": bytes}  {"D": datetime}
        {"T": timedelta}  {"F": float that JSON has no word for}
named   {"n": "Left.PART"}        a name of the learner's module, or a built-in class
        {"e": ["Left", "PART"]}   an enum member
        {"h": 7, "c": "Inbox"}    an object of theirs; {"h": 7, "c": "Receipt", "f": [...]} with a frozen dataclass's fields
        {"p": 3, "k": "Store"}    a port of ours

Standard library only: both sides of a link import this file, and nothing else is common to them.
"""

import datetime
import math
from collections.abc import Callable
from typing import Any, TypeAlias

ATOMS = frozenset((type(None), bool, int, str))
DEPTH_MAX = 40

Wire: TypeAlias = Any
"""A value as it crosses: what JSON can say, with the tags above."""


class NotPlainError(TypeError):
    """The value is of a kind that does not cross."""


def pack(value: Any, other: Callable[[Any], Wire], depth: int = 0) -> Wire:
    """Give the value as it crosses; what is neither plain nor tagged is given to `other`.

    Raises NotPlainError for values nested deeper than DEPTH_MAX (a list that contains itself, for one).
    """
    kind = type(value)
    if kind in ATOMS:
        return value
    if depth > DEPTH_MAX:
        raise NotPlainError(f"a value nested deeper than {DEPTH_MAX} levels")
    packer = _PACKERS.get(kind)
    return other(value) if packer is None else packer(value, other, depth + 1)


def _pack_float(value: float, other: Callable[[Any], Wire], depth: int) -> Wire:
    return value if math.isfinite(value) else {"F": repr(value)}


def _pack_list(value: list[Any], other: Callable[[Any], Wire], depth: int) -> Wire:
    return [v if type(v) in ATOMS else pack(v, other, depth) for v in value]


def _pack_tuple(value: tuple[Any, ...], other: Callable[[Any], Wire], depth: int) -> Wire:
    return {"t": [v if type(v) in ATOMS else pack(v, other, depth) for v in value]}


def _pack_dict(value: dict[Any, Any], other: Callable[[Any], Wire], depth: int) -> Wire:
    flat: list[Wire] = []
    for key, item in value.items():
        flat.append(key if type(key) in ATOMS else pack(key, other, depth))
        flat.append(item if type(item) in ATOMS else pack(item, other, depth))
    return {"d": flat}


def _pack_set(value: set[Any], other: Callable[[Any], Wire], depth: int) -> Wire:
    # Sorted, so that two equal sets are equal messages under every hash seed.
    return {"s": sorted((pack(v, other, depth) for v in value), key=repr)}


def _pack_frozenset(value: frozenset[Any], other: Callable[[Any], Wire], depth: int) -> Wire:
    return {"z": sorted((pack(v, other, depth) for v in value), key=repr)}


_PACKERS: dict[type, Callable[[Any, Callable[[Any], Wire], int], Wire]] = {
    float: _pack_float,
    list: _pack_list,
    tuple: _pack_tuple,
    dict: _pack_dict,
    set: _pack_set,
    frozenset: _pack_frozenset,
    bytes: lambda value, other, depth: {"b": value.hex()},
    datetime.datetime: lambda value, other, depth: {"D": value.isoformat()},
    datetime.timedelta: lambda value, other, depth: {"T": [value.days, value.seconds, value.microseconds]},
}


def unpack(value: Wire, other: Callable[[str, Wire], Any]) -> Any:
    """Give the value that crossed; a tag that is not a plain one is given to `other(tag, content)`.

    Raises NotPlainError, or what a malformed content raises (TypeError, ValueError, KeyError, IndexError).
    """
    kind = type(value)
    if kind in ATOMS or kind is float:
        return value
    if kind is list:
        return [v if type(v) in ATOMS else unpack(v, other) for v in value]
    if kind is not dict or not value:
        raise NotPlainError(f"a {kind.__name__} on the wire")
    tag = next(iter(value))
    unpacker = _UNPACKERS.get(tag)
    return other(tag, value) if unpacker is None else unpacker(value[tag], other)


def _unpack_dict(flat: list[Wire], other: Callable[[str, Wire], Any]) -> dict[Any, Any]:
    return {unpack(k, other): unpack(v, other) for k, v in zip(flat[::2], flat[1::2], strict=True)}


_UNPACKERS: dict[str, Callable[[Any, Callable[[str, Wire], Any]], Any]] = {
    "t": lambda content, other: tuple([unpack(v, other) for v in content]),
    "d": _unpack_dict,
    "s": lambda content, other: {unpack(v, other) for v in content},
    "z": lambda content, other: frozenset(unpack(v, other) for v in content),
    "b": lambda content, other: bytes.fromhex(content),
    "D": lambda content, other: datetime.datetime.fromisoformat(content),
    "T": lambda content, other: datetime.timedelta(*content),
    "F": lambda content, other: float(content),
}
