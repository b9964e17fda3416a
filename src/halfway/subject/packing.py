"""What a learner's code holds, as it crosses.

Their objects by handle, their enums by name, their errors by class name.
"""

import collections.abc
import dataclasses
import enum
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from halfway.subject.frozen_data import is_frozen_dataclass
from halfway.subject.proxies import Proxy, TakesCalls, proxy_class
from halfway.wire import ATOMS, NotPlainError, Wire, pack, unpack

if TYPE_CHECKING:
    from halfway.subject.program import Program

_REDUCED: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    (bytes, lambda value: bytes(bytes.__iter__(value))),
    (tuple, lambda value: tuple(tuple.__iter__(value))),
    (list, lambda value: list(list.__iter__(value))),
    (dict, lambda value: dict(zip(dict.keys(value), dict.values(value), strict=True))),
    (set, lambda value: set(set.__iter__(value))),
    (frozenset, lambda value: frozenset(frozenset.__iter__(value))),
)
"""How a value of a subclass becomes the plain value it is: by the plain class's own methods, for what a
subclass overrides has no say in what crosses."""
_METHODS = (types.FunctionType, staticmethod, classmethod)
TEXT_MAX = 2_000
FRAMES_MAX = 20
CAUSES_MAX = 3


class Handles:
    """The objects that the judge holds by number, and the ports that it handed out."""

    __slots__ = ("_methods", "_numbers", "_objects", "_ports", "_program", "_subject")

    def __init__(self, program: "Program", subject: TakesCalls) -> None:
        self._program, self._subject = program, subject
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._ports: dict[int, Proxy] = {}
        self._methods: dict[type, list[str]] = {}

    def __getitem__(self, number: int) -> Any:
        return self._objects[number]

    def forget(self) -> None:
        """Hold nothing any more, and be held by nothing.

        What goes in a circle waits for the garbage collector.
        """
        self._objects.clear()
        self._numbers.clear()
        self._ports.clear()
        self._methods.clear()
        del self._subject

    def keep(self, thing: Any) -> int:
        """Give the number of an object; the same object has the same number."""
        number = self._numbers.get(id(thing))
        if number is None:
            number = self._numbers[id(thing)] = len(self._objects)
            self._objects.append(thing)
        return number

    def out(self, value: Any) -> Wire:
        """Give a value as it crosses to the judge."""
        return value if type(value) in ATOMS else pack(value, self._out)

    def into(self, value: Wire) -> Any:
        """Give the value that came from the judge."""
        return value if type(value) in ATOMS else unpack(value, self._into)

    def _out(self, value: Any, depth: int) -> Wire:
        kind = type(value)
        if isinstance(value, enum.Enum):
            return {"e": [kind.__name__, str(value.name)]}
        if isinstance(value, Proxy) and value._subject is self._subject:
            return {"p": value._number}
        if isinstance(value, type):
            return {"n": value.__name__}
        for base, reduced in _REDUCED:
            if issubclass(kind, base) and id(value) not in self._numbers:
                return pack(reduced(value), self._out, depth)
        if isinstance(value, collections.abc.Sequence) and id(value) not in self._numbers:
            # A view, a range, a class of their own: what it holds crosses.
            return pack(list(value), self._out, depth)
        return self.out_as_object(value, depth)

    def out_as_object(self, value: Any, depth: int = 0) -> Wire:
        """Give an object of theirs as it crosses.

        By its handle, and with its fields if it is a frozen dataclass.
        """
        kind: Any = type(value)
        tag: dict[str, Wire] = {"h": self.keep(value), "c": kind.__name__}
        methods = self._methods_of(value)
        if methods:
            tag["m"] = methods
        if is_frozen_dataclass(kind):
            fields = dataclasses.fields(kind)
            tag["f"] = [[field.name, pack(getattr(value, field.name), self._out, depth)] for field in fields]
        return tag

    def _methods_of(self, thing: Any) -> list[str]:
        """Name the methods of an object, so that nobody has to ask for them; none of its code runs."""
        kind = type(thing)
        methods = self._methods.get(kind)
        if methods is None:
            methods = self._methods[kind] = _methods_in(kind)
        own = thing.__dict__ if methods and kind.__dictoffset__ else ()
        return [name for name in methods if name not in own] if own else methods

    def _into(self, tag: str, content: Wire, depth: int) -> Any:
        if tag == "p":
            return self._ports.get(content["p"]) or self._port(content)
        if tag == "h":
            return self._objects[content["h"]]
        if tag == "n":
            return self._program.named(content["n"])
        if tag == "e":
            return self._program.member(*content["e"])
        if tag == "o":
            path, args = content["o"]
            return self._program.named(path)(*[self.into(arg) for arg in args])
        raise NotPlainError(tag)

    def _port(self, content: Wire) -> Proxy:
        """The proxy that stands for a port here.

        One class for each kind of port, one object for each port.
        """
        number, kind, classes = content["p"], content["k"], self._program.port_classes
        if "m" in content and kind not in classes:
            classes[kind] = proxy_class(kind, content["m"])
        proxy: Proxy = classes[kind]()
        self._ports[number] = proxy
        proxy._subject, proxy._number = self._subject, number
        return proxy


def _methods_in(kind: type) -> list[str]:
    """Name the methods of a class; none where code of theirs decides what an attribute is."""
    held: dict[str, Any] = {}
    for base in reversed(kind.__mro__[:-1]):
        held.update(base.__dict__)
    if "__getattribute__" in held or type(held.get("__dict__")) is property:
        return []
    return [name for name, what in held.items() if name[0] != "_" and type(what) in _METHODS]


def pack_error(error: BaseException, filename: str, depth: int = 0) -> Wire:
    """Give an error as it crosses.

    Class names, text, plain attributes, and the lines of `filename` that it passed.
    """
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
            held[str(name)] = pack(value, lambda other, depth: f"a {type(other).__name__}")
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
