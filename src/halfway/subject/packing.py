"""What a learner's code holds, as it crosses: their objects by handle, their enums by name, their errors by class name."""

import dataclasses
import enum
from collections.abc import Callable
from typing import Any

from halfway.wire import ATOMS, NotPlainError, Wire, pack, unpack

_PLAIN = (str, int, float, list, dict, tuple, bytes, set, frozenset)
TEXT_MAX = 2_000
FRAMES_MAX = 20
CAUSES_MAX = 3


class Handles:
    """The objects that the judge holds by number, and the ports that it handed out."""

    def __init__(self, named: Callable[[str], Any], port: Callable[[int, Wire], Any]) -> None:
        self._named, self._port = named, port
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._numbers_of_ports: dict[int, int] = {}

    def __getitem__(self, number: int) -> Any:
        return self._objects[number]

    def keep(self, thing: Any) -> int:
        """Give the number of an object; the same object has the same number."""
        number = self._numbers.get(id(thing))
        if number is None:
            number = self._numbers[id(thing)] = len(self._objects)
            self._objects.append(thing)
        return number

    def keep_port(self, proxy: Any, number: int) -> None:
        """Remember that this proxy stands for the judge's port `number`."""
        self._numbers_of_ports[id(proxy)] = number

    def out(self, value: Any) -> Wire:
        """Give a value as it crosses to the judge."""
        return value if type(value) in ATOMS else pack(value, self._out)

    def into(self, value: Wire) -> Any:
        """Give the value that came from the judge."""
        return value if type(value) in ATOMS else unpack(value, self._into)

    def _out(self, value: Any) -> Wire:
        kind = type(value)
        if isinstance(value, enum.Enum):
            return {"e": [kind.__name__, value.name]}
        if id(value) in self._numbers_of_ports:
            return {"p": self._numbers_of_ports[id(value)]}
        if isinstance(value, type):
            return {"n": value.__name__}
        if isinstance(value, _PLAIN):
            base = next(b for b in kind.__mro__ if b.__module__ == "builtins")
            raise NotPlainError(f"{kind.__name__}, a subclass of {base.__name__}, where a plain {base.__name__} is meant")
        tag: dict[str, Wire] = {"h": self.keep(value), "c": kind.__name__}
        if dataclasses.is_dataclass(kind) and kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            tag["f"] = [[field.name, pack(getattr(value, field.name), self._out)] for field in dataclasses.fields(kind)]
        return tag

    def _into(self, tag: str, content: Wire) -> Any:
        if tag == "h":
            return self._objects[content["h"]]
        if tag == "n":
            return self._named(content["n"])
        if tag == "e":
            return self._named(content["e"][0])[content["e"][1]]
        if tag == "p":
            return self._port(content["p"], content)
        raise NotPlainError(tag)


def pack_error(error: BaseException, filename: str, depth: int = 0) -> Wire:
    """Give an error as it crosses: class names, text, plain attributes, and the lines of `filename` that it passed."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    inside = error.exceptions[:5] if isinstance(error, BaseExceptionGroup) and depth < CAUSES_MAX else ()
    return {
        "mro": [c.__name__ for c in type(error).__mro__[:-2]] or ["BaseException"],
        "said": _text_of(error),
        "held": _attributes_of(error),
        "frames": _frames_of(error, filename),
        "inner": [pack_error(inner, filename, depth + 1) for inner in inside],
        "cause": pack_error(cause, filename, depth + 1) if cause is not None and depth < CAUSES_MAX else None,
    }


def _text_of(error: BaseException) -> str:
    try:
        return str(error)[:TEXT_MAX]
    except Exception as bad:
        return f"(its text could not be made: {type(bad).__name__})"


def _attributes_of(error: BaseException) -> dict[str, Wire]:
    held: dict[str, Wire] = {}
    for name, value in list(getattr(error, "__dict__", {}).items()):
        try:
            held[str(name)] = pack(value, lambda other: f"a {type(other).__name__}")
        except Exception as bad:
            held[str(name)] = f"(not plain: {type(bad).__name__})"
    return held


def _frames_of(error: BaseException, filename: str) -> list[list[Wire]]:
    frames: list[list[Wire]] = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == filename:
            frames.append([traceback.tb_lineno, code.co_name])
        traceback = traceback.tb_next
    return frames[-FRAMES_MAX:]
