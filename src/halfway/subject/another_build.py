"""The same program on a Python of another build: newer tables of signs, another zlib, other pickles.

Standard library only.
"""

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

NEWER, KNOWN = "\u0378", "\u0250"
"""A sign that no table has yet, and the letter whose entries it has in the tables there."""
_ASKED_OF_A_SIGN = (
    "name", "category", "bidirectional", "combining", "east_asian_width", "mirrored", "decomposition",
    "decimal", "digit", "numeric",
)  # fmt: skip
_done: set[str] = set()


def build(source: str) -> None:
    """From now on a program with this source meets what was built otherwise, where it asks for it."""
    for name, stand_in in _BUILT_OTHERWISE.items():
        if name not in _done and re.search(rf"\b({name})\b", source):
            # A sandbox has what the program imports itself, and may have no more.
            with suppress(ImportError, OSError):
                stand_in()
                _done.add(name)


# ---- tables of signs


def _newer_tables() -> None:
    import unicodedata

    for name in _ASKED_OF_A_SIGN:
        setattr(unicodedata, name, partial(_of_a_sign, getattr(unicodedata, name)))
    major, _, rest = unicodedata.unidata_version.partition(".")
    setattr(unicodedata, "unidata_version", f"{int(major) + 1}.{rest}")  # noqa: B010 - final, for mypy


def _of_a_sign(here: Callable[..., Any], sign: Any, *default: Any) -> Any:
    return here(KNOWN if sign == NEWER else sign, *default)


# ---- zlib, which promises that what it packs can be unpacked, and not how it packs


def _another_zlib() -> None:
    import zlib

    compressobj, flush = zlib.compressobj, zlib.Z_SYNC_FLUSH

    class Packer:
        """It ends a block where the other one goes on."""

        def __init__(self, *given: Any, **named: Any) -> None:
            self._here = compressobj(*given, **named)

        def compress(self, data: Any) -> bytes:
            return self._here.compress(data) + self._here.flush(flush)

        def flush(self, *mode: int) -> bytes:
            return self._here.flush(*mode)

        def copy(self) -> "Packer":
            other = Packer()
            other._here = self._here.copy()
            return other

    def compress(data: Any, /, level: int = -1, wbits: int = zlib.MAX_WBITS) -> bytes:
        packer = Packer(level, zlib.DEFLATED, wbits)
        return packer.compress(data) + packer.flush()

    setattr(zlib, "compressobj", Packer)  # noqa: B010 - for mypy, a function is not to be changed
    setattr(zlib, "compress", compress)  # noqa: B010 - as above


# ---- the version of Python


def _other_pickles() -> None:
    """What is written down without a word of how has another way there; each of them reads both."""
    import pickle

    later = 1 if pickle.DEFAULT_PROTOCOL < pickle.HIGHEST_PROTOCOL else -1
    _write_in(pickle, pickle.DEFAULT_PROTOCOL + later)
    setattr(pickle, "DEFAULT_PROTOCOL", pickle.DEFAULT_PROTOCOL + later)  # noqa: B010 - final, for mypy


def _other_marshals() -> None:
    import marshal

    _write_in(marshal, marshal.version - 1)


def _write_in(module: Any, way: int) -> None:
    for name, place in (("dumps", 1), ("dump", 2)):
        setattr(module, name, partial(_in_this_way, getattr(module, name), place, way))


def _in_this_way(here: Callable[..., Any], place: int, way: int, *given: Any, **named: Any) -> Any:
    if named.get("protocol", given[place] if len(given) > place else None) is None:
        named.pop("protocol", None)
        given = *given[:place], way, *given[place + 1 :]
    return here(*given, **named)


class Written(int):
    """A number that is another one where it is written down, and itself where it is compared."""

    def __repr__(self) -> str:
        return str(self + 1)

    __str__ = __repr__

    def __format__(self, form: str) -> str:
        return format(self + 1, form)


class VersionInfo(tuple[Any, ...]):
    """What `sys.version_info` is there: who asks whether something is there already hears the truth."""

    __slots__ = ()

    major, minor, micro, releaselevel, serial = (
        property(partial(lambda n, info: info[n], n)) for n in range(5)
    )

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in _PARTS)
        return f"sys.version_info({told})"


_PARTS = ("major", "minor", "micro", "releaselevel", "serial")


def next_version() -> None:
    """A later patch: what a fleet looks like in the middle of an upgrade."""
    major, minor, micro, *rest = sys.version_info
    info: Any = VersionInfo((major, Written(minor), micro + 1, *rest))
    sys.version_info, sys.hexversion = info, sys.hexversion + 0x100
    sys.implementation.version = info
    number, space, text = sys.version.partition(" ")
    most, dot, patch = number.rpartition(".")
    if patch.isdigit():
        sys.version = f"{most}{dot}{int(patch) + 1}{space}{text}"


_BUILT_OTHERWISE = {
    "unicodedata": _newer_tables,
    "zlib|gzip": _another_zlib,
    "pickle": _other_pickles,
    "marshal": _other_marshals,
}
"""What a program names that asks, and what it meets."""
