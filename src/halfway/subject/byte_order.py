"""The other byte order, as far as a program can ask for one: `sys`, `struct`, `array`, and two codecs.

Memory itself cannot be turned round, so a program that looks into memory stays as it is.
Standard library only.
"""

import array
import re
import struct
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from types import ModuleType
from typing import Any

from halfway.subject import native_codecs
from halfway.subject.turned_arrays import Array

_MEMORY = re.compile(r"\b(ctypes|memoryview|mmap|numpy)\b")
_FIELD = re.compile(r"(\d*)(\D)")
_calcsize, _ORDERS = struct.calcsize, {"little": ">", "big": "<"}
_THERE = _ORDERS[sys.byteorder]
_OWN_SIZE = {code: "iq"[_calcsize(code) == _calcsize("q")] for code in "ln"}
_OWN_SIZE |= {code.upper(): size.upper() for code, size in _OWN_SIZE.items()}
_OWN_SIZE["P"] = _OWN_SIZE["N"]
"""What a format of fixed sizes calls the numbers whose size is the machine's."""


def turn(source: str) -> bool:
    """From now on the machine's own byte order is the other one, for a program with this source.

    Where it looks into memory, the order is the one that memory has. Gives whether it is the other one.
    """
    is_other = _MEMORY.search(source) is None
    for module, name, here, there in _stand_ins():
        setattr(module, name, there if is_other else here)
    native_codecs.look_up_anew()
    return is_other


@cache
def _stand_ins() -> list[tuple[ModuleType, str, Any, Any]]:
    """What stands where, here and there."""
    order = "big" if sys.byteorder == "little" else "little"
    there: list[tuple[ModuleType, str, Any]] = [
        (sys, "byteorder", order),
        (struct, "Struct", _Struct),
        (array, "array", Array),
        (array, "ArrayType", Array),
    ]
    packs = ("pack", "pack_into", "unpack", "unpack_from", "iter_unpack")
    there += [(struct, name, partial(_with_format, getattr(struct, name))) for name in packs]
    there += native_codecs.stand_ins(1 if order == "big" else -1)
    return [(module, name, getattr(module, name, None), other) for module, name, other in there]


def _with_format(here: Callable[..., Any], form: str | bytes, *given: Any, **named: Any) -> Any:
    return here(_turned(form), *given, **named)


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
