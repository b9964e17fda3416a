"""What a suite holds of a learner's code: names to call, objects to ask, errors that were raised.

Never their objects.
"""

import builtins
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

from halfway.sim import FoulError, Life
from halfway.wire import Wire

CALLER = "caller"
"""The lane of whoever calls, where that is code of a suite's own."""
Call = tuple[Wire, tuple[Any, ...], dict[str, Any]]
"""A call to be made later: its target, its arguments."""


class Caller(Protocol):
    """What a value of theirs needs of the unit that it came from."""

    _life: Life | None

    def _call(self, call: Call) -> Any: ...
    def _value(self, life: Life, how: str, value: Wire) -> Any: ...
    def _has_no_class(self, name: str) -> bool: ...


class TheirError(Exception):
    """Raised by the learner's code.

    `mro` are the names of its classes, `held` its attributes, `frames` their lines.
    """

    mro: tuple[str, ...] = ()
    said = ""
    held: dict[str, Any] = {}  # noqa: RUF012 - a default that nobody changes
    frames: tuple[tuple[int, str], ...] = ()
    own = False
    """Did a line of theirs raise it, and nothing that the line called?"""
    as_it_was: bool | None = None
    """Is it the very object that a port raised, with nothing changed since? None for any other error."""
    context = ""
    """What it has as its context and had not when a port raised it, as "KeyError: 'disk-7'"."""
    cause: Wire = None
    inner: tuple[Wire, ...] = ()

    def __str__(self) -> str:
        return self.said


class HungError(Exception):
    """The call never ends; the text says why."""


class CancelledError(Exception):
    """The call was cancelled, and passed that on."""


class NotPlainError(Exception):
    """What came back is not plain data."""


_NOT_A_BASE = (Warning, StopIteration, StopAsyncIteration, BaseExceptionGroup, UnicodeError, MemoryError)


def their_error(life: Life, packed: Wire) -> TheirError:
    """Give an error of theirs as an exception of ours, on the built-in base it has.

    `except ValueError` means what it says.
    """
    cls = _error_class(tuple(packed["mro"]))
    error = cls.__new__(cls)
    error.mro, error.said = tuple(packed["mro"]), packed["said"]
    error.frames = tuple((line, name) for line, name in packed["frames"])
    error.own, error.as_it_was = packed.get("own") is True, packed.get("as_it_was")
    error.context = str(packed.get("context", ""))
    error.held = {name: life.into(value) for name, value in packed["held"].items()}
    error.cause, error.inner = packed["cause"], tuple(packed["inner"])
    return error


@lru_cache(1_000)
def _error_class(mro: tuple[str, ...]) -> type[TheirError]:
    found = (getattr(builtins, name, None) for name in mro if name.isidentifier())
    bases = (
        b
        for b in found
        if isinstance(b, type) and issubclass(b, Exception) and not issubclass(b, _NOT_A_BASE)
    )
    base = next(bases, Exception)
    name = mro[0] if mro[0].isidentifier() else "Error"
    return type(name, (TheirError,) if base is Exception else (TheirError, base), {})


class EnumMember:
    """A member of an enum of theirs: equal to `unit.Left.PART`, with a `name`."""

    __slots__ = ("cls", "name")

    def __init__(self, cls: str, name: str) -> None:
        self.cls, self.name = cls, name

    def __repr__(self) -> str:
        return f"{self.cls}.{self.name}"

    def __hash__(self) -> int:
        return hash(repr(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EnumMember | Name) and repr(self) == repr(other)

    def _wire(self, life: Life) -> Wire:
        return {"e": [self.cls, self.name]}


class Name:
    """A name of the learner's module.

    `unit.publish` to call, `unit.Left.PART` and `unit.KeyReused` to compare.
    """

    __slots__ = ("_path", "_unit")

    def __init__(self, unit: Caller, path: str) -> None:
        self._unit, self._path = unit, path

    def __getattr__(self, name: str) -> "Name":
        if name.startswith("_"):
            raise AttributeError(name)
        return type(self)(self._unit, f"{self._path}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._unit._call((self._path, args, kwargs))

    def later(self, *args: Any, **kwargs: Any) -> Call:
        """The same call, to be made by `process.together`."""
        return self._path, args, kwargs

    def once(self, *args: Any) -> "MadeOnce":
        """An object of this class, made for one call and let go when that call has ended.

        Those that a suite holds are never let go, so none of them has the address of one before it.
        """
        return MadeOnce(self._path, args)

    def __repr__(self) -> str:
        return self._path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EnumMember | Name) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(self._path)

    def _wire(self, life: Life) -> Wire:
        return {"n": self._path}


class MadeOnce:
    """What a call is given: an object of theirs that nobody holds beside that call."""

    __slots__ = ("_args", "_path")

    def __init__(self, path: str, args: tuple[Any, ...]) -> None:
        self._path, self._args = path, args

    def __repr__(self) -> str:
        return f"{self._path}({', '.join(map(repr, self._args))})"

    def _wire(self, life: Life) -> Wire:
        return {"o": [self._path, [life.out(arg) for arg in self._args]]}


class TheirName(Name):
    """A name that came as a value: a class of theirs, say. It can be compared, and nobody calls it."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"{self!r} came as a value, and is not called")


class Theirs:
    """An object that the learner's code made.

    It came with the names of its methods, and a frozen dataclass with its fields; all else is asked for.
    """

    __slots__ = ("_cls", "_fields", "_handle", "_life", "_methods", "_unit")

    def __init__(self, unit: Caller, life: Life, packed: Wire) -> None:
        self._unit, self._life = unit, life
        self._handle: int = packed["h"]
        self._cls = str(packed["c"])
        life.classes[self._handle] = self._cls
        self._methods = [str(name) for name in packed.get("m", ())]
        if "q" in packed:
            life.coroutines[self._handle] = str(packed["q"])[:60]
        self._fields: dict[str, Any] | None = None
        if "f" in packed:
            self._fields = {str(name): life.into(value) for name, value in packed["f"]}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self._fields is not None and name in self._fields:
            return self._fields[name]
        if name in self._methods:
            self._alive()
            return Method(self, name)
        how, value = self._life.get(self._alive(), name)
        if how == "method":
            return Method(self, name)
        return self._unit._value(self._life, how, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._unit._call(Method(self, "__call__").later(*args, **kwargs))

    def _alive(self) -> int:
        if self._unit._life is not self._life:
            raise NotPlainError(f"an object of the class {self._cls}, which ended with its process")
        if self._life.is_busy:
            # A port looks at what it was given, in the middle of a call.
            raise NotPlainError(f"an object of the class {self._cls}, of which a port can ask nothing")
        return self._handle

    def _wire(self, life: Life) -> Wire:
        if life is not self._life:
            raise NotPlainError(f"an object of the class {self._cls}, which ended with its process")
        return {"h": self._handle}

    def __repr__(self) -> str:
        if self._fields is None:
            return f"<{self._cls}>"
        return f"{self._cls}({', '.join(f'{name}={value!r}' for name, value in self._fields.items())})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Theirs):
            return False
        if self._fields is None:
            return self._handle == other._handle and self._life is other._life
        return self._cls == other._cls and self._fields == other._fields

    __hash__ = None  # type: ignore[assignment]


class Handle:
    """An object of theirs, by its number alone."""

    __slots__ = ("_number",)

    def __init__(self, number: int) -> None:
        self._number = number

    def _wire(self, life: Life) -> Wire:
        return {"h": self._number}


class Method:
    """A method of an object of theirs."""

    __slots__ = ("_name", "_owner")

    def __init__(self, owner: Theirs, name: str) -> None:
        self._owner, self._name = owner, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._owner._unit._call(self.later(*args, **kwargs))

    def later(self, *args: Any, **kwargs: Any) -> Call:
        """The same call, to be made by `process.together`."""
        return [self._owner._alive(), self._name], args, kwargs


def told_call(call: Call) -> str:
    """A call as its caller would write it, without what it is given."""
    target = call[0]
    return f"{target if isinstance(target, str) else target[1]}(...)"


def name_of(call: Call, life: Life) -> str:
    """The name of what is called, as the stub has it: `publish`, `Export.run`."""
    target = call[0]
    if isinstance(target, str):
        return target
    return f"{life.classes.get(target[0], '')}.{target[1]}"


def speaker_of(call: Call, life: Life) -> str:
    """In whose lane a call is told that a suite makes: code of the suite's own is not the learner's."""
    target = call[0]
    is_callers = not isinstance(target, str) and life.classes.get(target[0]) == "module"
    return CALLER if is_callers else "your code"


def theirs(unit: Caller) -> Callable[[Life, str, Wire], Any]:
    """How values of theirs come in over the link of this unit."""

    def into(life: Life, tag: str, content: Wire) -> Any:
        if tag == "e":
            cls, name, *plain = content["e"]
            if plain and type(plain[0]) in (str, int) and unit._has_no_class(str(cls)):
                return plain[0]  # a way of their own to write a number or a text
            return EnumMember(str(cls), str(name))
        if tag == "n":
            return TheirName(unit, str(content["n"]))
        if tag == "h" and type(content["h"]) is int:
            return Theirs(unit, life, content)
        raise FoulError(f"the tag {tag}")

    return into
