"""Does anything that can change belong to two owners at once? Says so with the path from either side."""

import asyncio
import collections
import datetime
import decimal
import enum
import fractions
import functools
import gc
import logging
import pathlib
import re
import types
import uuid
from collections.abc import Iterator
from typing import Any

from halfway.subject.frozen_data import is_frozen_dataclass
from halfway.subject.proxies import Proxy

_UNSHARED = (
    int, float, str, bytes, bool, type(None), complex, range, enum.Enum,
    datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, decimal.Decimal, fractions.Fraction,
    uuid.UUID, pathlib.PurePath, re.Pattern, type, types.BuiltinFunctionType, types.ModuleType,
    # Shared on purpose: the way outside, and what everything runs on.
    Proxy, asyncio.AbstractEventLoop, logging.Logger,
)  # fmt: skip
_FROZEN = (tuple, frozenset, types.FunctionType, types.MethodType, types.MappingProxyType, functools.partial)
"""What cannot be changed itself, but may hold what can."""


def shared(payload: Any, owners: dict[str, Any]) -> list[str]:
    """Name every mutable object that the payload shares with an owner.

    "payload.samples is incident.samples (list)".
    """
    mine = _mutable_things_in(payload, "payload")
    found: list[str] = []
    for name, owner in owners.items():
        theirs = _mutable_things_in(owner, name)
        found += [
            f"{mine[at][0]} is {theirs[at][0]} ({type(mine[at][1]).__name__})" for at in mine if at in theirs
        ]
    return sorted(found)


def _mutable_things_in(root: Any, name: str) -> dict[int, tuple[str, Any]]:
    """Every object that can be reached and changed, by identity, with the shortest path to it."""
    found: dict[int, tuple[str, Any]] = {}
    seen: dict[int, Any] = {}
    to_visit = collections.deque([(root, name)])
    while to_visit:
        thing, path = to_visit.popleft()
        if isinstance(thing, _UNSHARED) or id(thing) in seen:
            continue
        seen[id(thing)] = thing
        if not isinstance(thing, _FROZEN) and not is_frozen_dataclass(type(thing)):
            found[id(thing)] = (path, thing)
        to_visit.extend(_parts_of(thing, path))
    return found


def _parts_of(thing: Any, path: str) -> Iterator[tuple[Any, str]]:
    if isinstance(thing, (dict, types.MappingProxyType)):
        for key, value in thing.items():
            yield key, f"a key of {path}"
            yield value, f"{path}[{key!r}]"
    elif isinstance(thing, (list, tuple, set, frozenset, collections.deque)):
        for place, value in enumerate(thing):
            yield value, f"{path}[{place}]"
    if isinstance(thing, types.MappingProxyType):
        yield from ((behind, path) for behind in gc.get_referents(thing))
    elif isinstance(thing, types.MethodType):
        yield thing.__self__, f"{path}.__self__"
    elif isinstance(thing, types.FunctionType):
        yield from _parts_of_function(thing, path)
    elif isinstance(thing, functools.partial):
        yield from ((thing.args, f"{path}.args"), (thing.keywords, f"{path}.keywords"))
    else:
        yield from _attributes_of(thing, path)


def _parts_of_function(thing: types.FunctionType, path: str) -> Iterator[tuple[Any, str]]:
    for name, cell in zip(thing.__code__.co_freevars, thing.__closure__ or (), strict=True):
        if cell != types.CellType():
            yield cell.cell_contents, f"{path}.<{name}>"
    for place, value in enumerate(thing.__defaults__ or ()):
        yield value, f"{path}.<default {place + 1}>"
    for name, value in (thing.__kwdefaults__ or {}).items():
        yield value, f"{path}.<default {name}>"


def _attributes_of(thing: Any, path: str) -> Iterator[tuple[Any, str]]:
    for name, value in getattr(thing, "__dict__", {}).items():
        yield value, f"{path}.{name}"
    for kind in type(thing).__mro__:
        slots = getattr(kind, "__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            inner = f"_{kind.__name__.lstrip('_')}{name}" if name[:2] == "__" and name[-2:] != "__" else name
            if name != "__weakref__" and hasattr(thing, inner):
                yield getattr(thing, inner), f"{path}.{name}"
