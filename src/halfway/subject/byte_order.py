"""The other byte order, as far as a program can ask for one: what `sys` says, and how `struct` packs.

Memory itself cannot be turned round, so a program that looks into memory stays as it is.
Standard library only.
"""

import re
import struct
import sys
from collections.abc import Iterator
from typing import Any

_MEMORY = re.compile(r"\b(array|ctypes|memoryview|mmap|numpy)\b")
_FIELD = re.compile(r"(\d*)(\D)")
_calcsize, _ORDERS = struct.calcsize, {"little": ">", "big": "<"}
_THERE = _ORDERS[sys.byteorder]
_OWN_SIZE = {code: "iq"[_calcsize(code) == _calcsize("q")] for code in "ln"}
_OWN_SIZE |= {code.upper(): size.upper() for code, size in _OWN_SIZE.items()}
_OWN_SIZE["P"] = _OWN_SIZE["N"]
"""What a format of fixed sizes calls the numbers whose size is the machine's."""


def turn(source: str) -> None:
    """From now on the machine's own byte order is the other one, for a program with this source."""
    if _MEMORY.search(source):
        return
    sys.byteorder = "big" if sys.byteorder == "little" else "little"
    for name in ("pack", "pack_into", "unpack", "unpack_from", "iter_unpack"):
        _turn(name)
    setattr(struct, "Struct", _Struct)  # noqa: B010 - for mypy, a class is not to be changed


def _turn(name: str) -> None:
    here = getattr(struct, name)

    def there(form: str | bytes, *given: Any, **named: Any) -> Any:
        return here(_turned(form), *given, **named)

    setattr(struct, name, there)


class _Struct(struct.Struct):
    def __new__(cls, form: str | bytes) -> "_Struct":
        return super().__new__(cls, _turned(form))  # type: ignore[call-arg]

    def __init__(self, form: str | bytes) -> None:
        super().__init__(_turned(form))


def _turned(form: str | bytes) -> str:
    """Gives a format that says the other order, sizes and gaps as here; one that names its order stays."""
    text = "".join((form.decode("ascii") if isinstance(form, bytes) else form).split())
    if text[:1] in ("<", ">", "!"):
        return text
    return _THERE + (text[1:] if text[:1] == "=" else "".join(_fields(text.removeprefix("@"))))


def _fields(text: str) -> Iterator[str]:
    before = "@"
    for count, code in _FIELD.findall(text):
        yield f"{_calcsize(f'{before}0{code}') - _calcsize(before)}x"
        yield count + _OWN_SIZE.get(code, code)
        before += count + code
