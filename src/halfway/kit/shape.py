"""What a process says of the names of its module: read as data, whoever says it.

An honest process says what it found. One that was taken over says anything, also what looks like an object
that could be asked: nothing here asks one.
"""

from dataclasses import dataclass, field

from halfway.sim import FoulError
from halfway.sim.answers import MALFORMED
from halfway.wire import Wire

Parameter = tuple[str, str, str | None]
"""Its name, its kind as `inspect` has it, and its default as it is written; None for none."""
KINDS = frozenset(("class", "a value", "def", "async def", "generator", "async generator", "strange"))


@dataclass(frozen=True)
class Shape:
    """What one name is. `error` names what was raised when somebody looked; all else is empty then."""

    kind: str
    parameters: tuple[Parameter, ...] | None = None
    bases: tuple[str, ...] = ()
    members: tuple[tuple[str, str], ...] | None = None
    fields: tuple[str, ...] | None = None
    is_frozen: bool = False
    methods: dict[str, "Shape"] = field(default_factory=dict)
    error: str = ""
    others: frozenset[str] = frozenset()
    """What else of a class has a public name."""
    answers: bool = False
    """Does a class say itself, when it is asked, what an attribute is?"""
    hands_on: bool = False
    """Is it a decorator's, which may hand in more than it was given?"""

    def lacks(self, method: str) -> bool:
        """Is there nothing of this name in the class, and nobody who could answer for it?"""
        return method not in self.methods and method not in self.others and not self.answers


def read(told: Wire) -> dict[str, Shape]:
    """Give the shapes of the names. Raises FoulError for what no process says."""
    try:
        return {_text(name): _shape(one) for name, one in _of(dict, told).items()}
    except MALFORMED as error:
        raise FoulError("its names are of no known shape") from error


def _of(kind: type, thing: Wire) -> Wire:
    """Give the thing, if it is of exactly this type: nothing is asked of what only looks like it."""
    if type(thing) is not kind:
        raise TypeError(f"no {kind.__name__}")
    return thing


def _text(thing: Wire) -> str:
    return str(_of(str, thing))


def _texts(things: Wire) -> tuple[str, ...]:
    return tuple(_text(each) for each in _of(list, things))


def _shape(told: Wire) -> Shape:
    kind = _text(_of(dict, told)["is"])
    if kind not in KINDS:
        raise ValueError("no kind of thing")
    if kind == "class":
        return Shape(
            kind,
            bases=_texts(told["bases"]),
            members=tuple(_member(each) for each in _of(list, told["members"]))
            if "members" in told
            else None,
            fields=_texts(told["fields"]) if "fields" in told else None,
            is_frozen=told.get("frozen") is True,
            methods={_text(name): _shape(one) for name, one in _of(dict, told["methods"]).items()},
            others=frozenset(_texts(told.get("others", []))),
            answers=told.get("answers") is True,
        )
    if kind == "strange":
        return Shape(kind, error=_text(told["error"]))
    params = told.get("params")
    given = None if params is None else tuple(_parameter(each) for each in _of(list, params))
    return Shape(kind, given, hands_on=told.get("hands_on") is True)


def _member(told: Wire) -> tuple[str, str]:
    name, value = _texts(told)
    return name, value


def _parameter(told: Wire) -> Parameter:
    name, kind, default = _of(list, told)
    return _text(name), _text(kind), None if default is None else _text(default)
