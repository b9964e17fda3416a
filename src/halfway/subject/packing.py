"""What a learner's code holds, as it crosses.

Their objects by handle, their enums by name, their errors by class name.
"""

import collections.abc
import dataclasses
import enum
import os
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from halfway.subject.addresses import Addresses
from halfway.subject.frozen_data import is_frozen_dataclass
from halfway.subject.pending import happens_now
from halfway.subject.proxies import Proxy, TakesCalls, proxy_class
from halfway.subject.raised import is_as_it_was, new_context_of
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
AS_OBJECTS = ("!live", "!class", "!callers")
"""Calls whose answer is held for the judge, although it could cross as it is."""
_METHODS = (types.FunctionType, staticmethod, classmethod)
_HERE = os.path.dirname(__file__)  # noqa: PTH120 - every import of this is paid for by each process
TEXT_MAX = 2_000
FRAMES_MAX = 20
CAUSES_MAX = 3


class Handles:
    """The objects that the judge holds by number, and the ports that it handed out."""

    __slots__ = (
        "_methods",
        "_numbers",
        "_objects",
        "_ports",
        "_subject",
        "addresses",
        "connections",
        "program",
    )

    def __init__(self, program: "Program", subject: TakesCalls) -> None:
        self.program, self._subject = program, subject
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._ports: dict[int, Proxy] = {}
        self.connections: list[Any] = []
        """What was handed in that holds statements which nobody may hold any more."""
        self._methods: dict[type, list[str]] = {}
        self.addresses = Addresses()

    def __getitem__(self, number: int) -> Any:
        return self._objects[number]

    def forget(self) -> None:
        """Hold nothing any more, and be held by nothing.

        What goes in a circle waits for the garbage collector.
        """
        self._objects.clear()
        self._numbers.clear()
        self._ports.clear()
        self.connections.clear()
        self._methods.clear()
        del self._subject

    def keep(self, thing: Any) -> int:
        """Give the number of an object; the same object has the same number."""
        number = self._numbers.get(id(thing))
        if number is None:
            number = self._numbers[id(thing)] = len(self._objects)
            self._objects.append(thing)
        return number

    def end_statements(self) -> None:
        """Statements that nobody holds any more end before anything else happens, as they do in a process."""
        for connection in self.connections:
            connection.let_go()

    def let_go(self) -> None:
        """A call has ended: so does what was there for it alone."""
        self.end_statements()
        self.addresses.hold()

    def out(self, value: Any) -> Wire:
        """Give a value as it crosses to the judge."""
        return value if type(value) in ATOMS else pack(value, self._out)

    def answer(self, value: Any, target: Wire) -> Wire:
        """Give what the call of `target` gave, as it crosses.

        What a method gives of its own class is an object, whatever that class is built on.
        """
        if type(value) not in ATOMS and target is not None and self._is_object(value, target):
            return self.out_as_object(value)
        return self.out(value)

    def _is_object(self, value: Any, target: Wire) -> bool:
        if type(target) is str and target[0] == "!":
            return target in AS_OBJECTS
        if type(target) is str:
            owner = self.program.named(target.rpartition(".")[0]) if "." in target else None
        else:
            owner = type(self._objects[target[0]])
        if not isinstance(owner, type) or owner.__module__ == "builtins":
            return False
        return isinstance(value, owner) and not isinstance(value, enum.Enum)

    def into(self, value: Wire) -> Any:
        """Give the value that came from the judge."""
        return value if type(value) in ATOMS else unpack(value, self._into)

    def call(self, function: Callable[..., Any], args: Wire, kwargs: Wire) -> Any:
        """Call a function of theirs with what came from the judge."""
        into = self.into
        named = {key: into(value) for key, value in kwargs.items()} if kwargs else kwargs
        value = function(*[into(a) for a in args], **named)
        happens_now()
        return value

    def _out(self, value: Any, depth: int) -> Wire:
        kind = type(value)
        if isinstance(value, enum.Enum):
            return {"e": [kind.__name__, str(value.name), *_plain(value)]}
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
        if isinstance(value, collections.abc.Mapping) and id(value) not in self._numbers:
            return pack(dict(value), self._out, depth)
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
        if kind is types.CoroutineType:
            tag["q"] = _called_as(value)
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
            return self.program.named(content["n"])
        if tag == "e":
            return self.program.member(*content["e"])
        if tag == "o":
            path, args = content["o"]
            return self.addresses.made(self.program.named(path), [self.into(arg) for arg in args])
        raise NotPlainError(tag)

    def _port(self, content: Wire) -> Proxy:
        """The proxy that stands for a port here.

        One class for each kind of port, one object for each port.
        """
        number, kind, classes = content["p"], content["k"], self.program.port_classes
        if "m" in content and kind not in classes:
            classes[kind] = _class_seen(content["as"]) if "as" in content else proxy_class(kind, content["m"])
        proxy: Proxy = classes[kind]()
        self._ports[number] = proxy
        proxy._subject, proxy._number = self._subject, number
        if hasattr(proxy, "let_go"):
            self.connections.append(proxy)
        return proxy


def _called_as(coroutine: "types.CoroutineType[Any, Any, Any]") -> str:
    """The function whose call gave this coroutine; an operation that was handed in is called by itself."""
    owner, _, name = coroutine.__qualname__.rpartition(".")
    return owner.rpartition(".")[2].lower() if name == "__call__" else name


def _class_seen(name: str) -> type:
    """The class of what stands for a port of another interface than its own."""
    if name != "sqlite3.Connection":
        raise NotPlainError(name)
    from halfway.subject.database import Connection  # SQLite is loaded where a unit uses it

    return Connection


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

    Class names, text, plain attributes, the lines of `filename` that it passed, whether a port raised it, and
    in the middle of which other error.
    """
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    inside = error.exceptions[:5] if isinstance(error, BaseExceptionGroup) and depth < CAUSES_MAX else ()
    return {
        "mro": [c.__name__ for c in type(error).__mro__[:-2]] or ["BaseException"],
        "said": _text_of(error),
        "held": _attributes_of(error),
        "frames": _frames_of(error, filename),
        "own": _is_own(error, filename),
        "as_it_was": is_as_it_was(error),
        "context": _told(new_context_of(error)),
        "inner": [pack_error(inner, filename, depth + 1) for inner in inside],
        "cause": pack_error(cause, filename, depth + 1) if cause is not None and depth < CAUSES_MAX else None,
    }


def _is_own(error: BaseException, filename: str) -> bool:
    """Did it come of a line of `filename` and of what that took from a library, and of nobody's port?"""
    traceback, is_own = error.__traceback__, False
    while traceback is not None:
        place = traceback.tb_frame.f_code.co_filename
        is_own = place == filename or (is_own and place[0] != "<" and not place.startswith(_HERE))
        traceback = traceback.tb_next
    return is_own


def _told(error: BaseException | None) -> str:
    return "" if error is None else f"{type(error).__name__}: {_text_of(error)}".removesuffix(": ")


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


def _plain(member: enum.Enum) -> list[str | int]:
    """Gives the number or text that a member is, too; nothing for one that is a member alone."""
    if isinstance(member, str):
        return [str.__str__(member)]
    return [int(member)] if isinstance(member, int) else []
