"""Does anything that can change belong to two owners at once? Says so with the path from either side."""

import datetime
import decimal
import enum
import types
from collections.abc import Iterator
from typing import Any

_UNSHARED = (
    int, float, str, bytes, bool, type(None), complex, range, enum.Enum, datetime.date, datetime.time, datetime.timedelta,
    decimal.Decimal, type, types.BuiltinFunctionType, types.ModuleType,
)  # fmt: skip


def shared(payload: Any, owners: dict[str, Any]) -> list[str]:
    """Name every mutable object that the payload shares with an owner: "payload.samples is incident.samples (list)"."""
    mine = _mutable_things_in(payload, "payload")
    found: list[str] = []
    for name, owner in owners.items():
        theirs = _mutable_things_in(owner, name)
        found += [f"{mine[at][0]} is {theirs[at][0]} ({type(mine[at][1]).__name__})" for at in mine if at in theirs]
    return sorted(found)


def _mutable_things_in(root: Any, name: str) -> dict[int, tuple[str, Any]]:
    """Every object that can be reached and changed, by identity, with the path on which it was first found."""
    found: dict[int, tuple[str, Any]] = {}
    seen: set[int] = set()
    to_visit = [(root, name)]
    while to_visit:
        thing, path = to_visit.pop()
        if isinstance(thing, _UNSHARED) or id(thing) in seen:
            continue
        seen.add(id(thing))
        if not isinstance(thing, (tuple, frozenset, types.FunctionType, types.MethodType)):
            found[id(thing)] = (path, thing)
        to_visit.extend(_parts_of(thing, path))
    return found


def _parts_of(thing: Any, path: str) -> Iterator[tuple[Any, str]]:
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield value, f"{path}[{key!r}]"
    elif isinstance(thing, (list, tuple, set, frozenset)):
        for place, value in enumerate(thing):
            yield value, f"{path}[{place}]"
    elif isinstance(thing, types.MethodType):
        yield thing.__self__, f"{path}.__self__"
    elif isinstance(thing, types.FunctionType):
        for name, cell in zip(thing.__code__.co_freevars, thing.__closure__ or (), strict=True):
            yield cell.cell_contents, f"{path}.<{name}>"
    else:
        yield from _attributes_of(thing, path)


def _attributes_of(thing: Any, path: str) -> Iterator[tuple[Any, str]]:
    for name, value in getattr(thing, "__dict__", {}).items():
        yield value, f"{path}.{name}"
    for kind in type(thing).__mro__:
        slots = getattr(kind, "__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(thing, name):
                yield getattr(thing, name), f"{path}.{name}"
