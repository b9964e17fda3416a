"""`unit`: the learner's module, as a suite sees it."""

from functools import partial
from typing import Any

from halfway.kit.contract import Contract
from halfway.kit.outcome import Outcome, tried
from halfway.kit.pressed import Pressed
from halfway.kit.promise import BrokenError
from halfway.kit.shape import Shape, read
from halfway.kit.values import (
    Call,
    CancelledError,
    HungError,
    Name,
    NotPlainError,
    Theirs,
    name_of,
    their_error,
    theirs,
    told_call,
)
from halfway.sim import FoulError, Life, World
from halfway.wire import Wire

SHAPE_RULE = "an answer has the shape that the stub's contract gives it"
SHAPE_ASK = "what does the stub say that it returns?"


class Unit:
    """The learner's module: names to call, and nothing else of it can be reached from here.

    Plain data, ports, names and their own objects go in; plain data, enum members and objects of theirs come
    out. A call that raises raises here, as an exception of the same name on the same built-in base.
    """

    _is_aloud = True
    """Is the one story of a test told aloud, or is it looked at for a promise that breaks, and told then?"""

    _raised: Any = None
    """The error of theirs whose lines are shown where a promise breaks: the last one in its story."""

    def __init__(self, link: Any, contract: Contract | None = None, pressed: Pressed | None = None) -> None:
        self._link = link
        self._life: Life | None = None
        self._theirs = theirs(self)
        self._pressed = Pressed() if pressed is None else pressed
        self._contract = contract
        self._ends: dict[Any, Any] = {}
        """What every story of a given program ended with; see `forecasts`."""
        self._right: Any = None
        """What is shown of a forecast that came true."""
        self._takes_long = ""
        """What a learner is told, where the time is used up, of what it went into; "" for nothing."""

    def __getattr__(self, name: str) -> Name:
        if name.startswith("_"):
            raise AttributeError(name)
        found = self.__dict__[name] = Name(self, name)
        return found

    def _begin(self, world: World) -> Life:
        """Begin a new process in this world; the one before it ends."""
        self._end()
        life = self._life = Life(world, self._link, self._theirs)
        return life

    def _end(self) -> None:
        """End the process that is running, if one is."""
        if self._life is not None:
            self._life.end()
            self._life = None

    def _call(self, call: Call) -> Any:
        """Make a call and give what it returns."""
        life = self._life if self._life is not None else self._begin(World())
        how, value = life.call([call])[0]
        return self._answer(life, call, how, value)

    def _answer(self, life: Life, call: Call, how: str, value: Wire) -> Any:
        """Give, or raise, how a call ended; an answer of another type than the stub's is a broken promise."""
        answer = self._value(life, how, value)
        if self._contract is not None:
            wrong = self._contract.wrong_answer(name_of(call, life), answer)
            if wrong:
                raise BrokenError(f"{self._shown(call)} returned {wrong}", SHAPE_RULE, SHAPE_ASK)
        if type(answer) is Theirs and answer._cls == "coroutine":
            raise BrokenError(_unawaited(life, answer, self._shown(call)), SHAPE_RULE, SHAPE_ASK)
        return answer

    def _has_no_class(self, name: str) -> bool:
        """Is this a class that the stub does not speak of?"""
        return self._contract is not None and not self._contract.speaks_of(name)

    def _shown(self, call: Call) -> str:
        """A call, as it is told."""
        return told_call(call)

    def _shapes(self, names: list[str]) -> dict[str, Shape]:
        """What these names of the learner's module are; see `contract.Contract.difference`."""
        return read(self._call(("!shapes", (names,), {})))

    def _call_together(self, calls: list[Call], stoppable: int | None = None) -> list[Outcome]:
        """Make several calls concurrently on one loop, and give how each ended.

        The first `stoppable` of them can be stopped on the way, by default all.
        """
        life = self._life if self._life is not None else self._begin(World())
        ends = life.call(calls, stoppable)
        return [
            tried(partial(self._answer, life, call, how, value))
            for call, (how, value) in zip(calls, ends, strict=True)
        ]

    def _value(self, life: Life, how: str, value: Wire) -> Any:
        """Give, or raise, how a call ended."""
        if how == "returned":
            return life.into(value)
        if how == "raised":
            raise their_error(life, value)
        if how == "cancelled":
            raise CancelledError
        if how == "hung":
            raise HungError(str(value))
        if how == "notplain":
            raise NotPlainError(str(value))
        raise FoulError(how)


def _unawaited(life: Life, coroutine: Theirs, call: str) -> str:
    """What was seen where an answer is a coroutine: whoever awaited the call has it, and it never begins."""
    name = life.coroutines.get(coroutine._handle, "")
    what = f"{name}() is called, and nobody awaits it, so it never begins; " if name else ""
    return f"{what}{call} returned a coroutine: is an `await` missing?"
