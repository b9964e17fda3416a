"""Plain values across a link.

A JSON object is always a tag, so nothing that a value contains can be taken for one.

plain   None, bool, int, float, str, list: as they are, exact types only (a subclass is not plain)
tagged  {"t": tuple}  {"d": dict as a flat list}  {"s": set}  {"z": frozenset}  {"b": bytes}  {"D": datetime}
        {"T": timedelta}  {"F": float that JSON has no word for}
named   {"n": "Left.PART"}        a name of the learner's module, or a built-in class
        {"e": ["Left", "PART"]}   an enum member
        {"h": 7, "c": "Inbox"}    an object of theirs; with "f": [...] for the fields of a frozen dataclass,
                                  "m": [...] for the names of its methods
        {"o": ["Alert", [...]]}   an object that is made for one call, of these arguments
        {"p": 3, "k": "Store"}    a port of ours

Standard library only: both sides of a link import this file, and nothing else is common to them.
"""

import datetime
import json
import math
from collections.abc import Callable
from typing import Any, TypeAlias

ATOMS = frozenset((type(None), bool, str))
"""What crosses as it is, without a look inside."""
DEPTH_MAX = 40
INT_BITS_MAX = 10_000
"""Larger numbers are refused: Python itself does not write an integer of more than 4,300 digits as text."""

Wire: TypeAlias = Any
"""A value as it crosses: what JSON can say, with the tags above."""
Out: TypeAlias = Callable[[Any, int], Wire]
"""How a value that is not plain crosses; it is told how deep the value lies."""
Into: TypeAlias = Callable[[str, Wire, int], Any]
"""What a tag that is not a plain one stands for."""


_encode = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().raw_decode


def to_line(message: Wire) -> bytes:
    """Give a message as one line of JSON. What was packed holds no circles, so none are looked for."""
    return _encode(message).encode() + b"\n"


def from_line(line: bytes) -> Wire:
    """Give the message in a line, with its end or without. Raises ValueError or RecursionError for others."""
    text = line.decode()
    message, end = _decode(text)
    if text[end:] not in ("\n", ""):
        raise ValueError("more than one value")
    return message


class NotPlainError(TypeError):
    """The value is of a kind that does not cross."""


def pack(value: Any, other: Out, depth: int = 0) -> Wire:
    """Give the value as it crosses; what is neither plain nor tagged is given to `other(value, depth)`.

    Raises NotPlainError for values nested deeper than DEPTH_MAX (a list that contains itself, for one), and
    for integers of more than INT_BITS_MAX bits.
    """
    kind = type(value)
    if kind in ATOMS:
        return value
    if kind is int:
        if value.bit_length() > INT_BITS_MAX:
            raise NotPlainError(f"an integer of {value.bit_length():,} bits")
        return value
    if depth > DEPTH_MAX:
        raise NotPlainError(f"a value nested deeper than {DEPTH_MAX} levels")
    return _PACKERS.get(kind, _pack_other)(value, other, depth + 1)


def _pack_float(value: float, other: Out, depth: int) -> Wire:
    return value if math.isfinite(value) else {"F": repr(value)}


def _pack_list(value: list[Any], other: Out, depth: int) -> Wire:
    return [v if type(v) in ATOMS else pack(v, other, depth) for v in value]


def _pack_tuple(value: tuple[Any, ...], other: Out, depth: int) -> Wire:
    return {"t": [v if type(v) in ATOMS else pack(v, other, depth) for v in value]}


def _pack_dict(value: dict[Any, Any], other: Out, depth: int) -> Wire:
    flat: list[Wire] = []
    for key, item in value.items():
        flat.append(key if type(key) in ATOMS else pack(key, other, depth))
        flat.append(item if type(item) in ATOMS else pack(item, other, depth))
    return {"d": flat}


def _pack_set(value: set[Any], other: Out, depth: int) -> Wire:
    # Sorted, so that two equal sets are equal messages under every hash seed.
    return {"s": sorted((pack(v, other, depth) for v in value), key=repr)}


def _pack_frozenset(value: frozenset[Any], other: Out, depth: int) -> Wire:
    return {"z": sorted((pack(v, other, depth) for v in value), key=repr)}


def _pack_other(value: Any, other: Out, depth: int) -> Wire:
    # While time is frozen, `datetime.now()` gives an instance of freezegun's class: it is a plain datetime to
    # whoever wrote it.
    if isinstance(value, _REAL) and type(value).__module__ == "freezegun.api":
        return {"D": value.isoformat()}
    return other(value, depth)


# Bound now, and not by a name: while time is frozen, another class stands in wherever a module names the real
# one.
_REAL = (datetime.datetime,)
_PACKERS: dict[type, Callable[[Any, Out, int], Wire]] = {
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
_NUMBERS = frozenset((int, float))


def unpack(value: Wire, other: Into, depth: int = 0) -> Any:
    """Give the value that crossed; a tag that is not a plain one is given to `other(tag, content, depth)`.

    Raises NotPlainError, or what a malformed content raises (TypeError, ValueError, LookupError,
    ArithmeticError).
    """
    kind = type(value)
    if kind in ATOMS or kind in _NUMBERS:
        return value
    if depth > 2 * DEPTH_MAX:
        raise NotPlainError(f"a value nested deeper than {DEPTH_MAX} levels")
    if kind is list:
        return [v if type(v) in ATOMS else unpack(v, other, depth + 1) for v in value]
    if kind is not dict or not value:
        raise NotPlainError(f"a {kind.__name__} on the wire")
    tag = next(iter(value))
    unpacker = _UNPACKERS.get(tag)
    return other(tag, value, depth + 1) if unpacker is None else unpacker(value[tag], other, depth + 1)


def _items(content: Wire, other: Into, depth: int) -> list[Any]:
    if type(content) is not list:
        raise NotPlainError("no list in a tag that holds one")
    return [v if type(v) in ATOMS else unpack(v, other, depth) for v in content]


def _unpack_dict(content: Wire, other: Into, depth: int) -> dict[Any, Any]:
    flat = _items(content, other, depth)
    return dict(zip(flat[::2], flat[1::2], strict=True))


_UNPACKERS: dict[str, Callable[[Any, Into, int], Any]] = {
    "t": lambda content, other, depth: tuple(_items(content, other, depth)),
    "d": _unpack_dict,
    "s": lambda content, other, depth: set(_items(content, other, depth)),
    "z": lambda content, other, depth: frozenset(_items(content, other, depth)),
    "b": lambda content, other, depth: bytes.fromhex(content),
    "D": lambda content, other, depth: _REAL[0].fromisoformat(content),
    "T": lambda content, other, depth: datetime.timedelta(*content),
    "F": lambda content, other, depth: float(content),
}
