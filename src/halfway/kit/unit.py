"""`unit`: the learner's module, as a suite sees it."""

from functools import partial
from typing import Any

from halfway.kit.outcome import Outcome, tried
from halfway.kit.values import Call, CancelledError, HungError, Name, NotPlainError, their_error, theirs
from halfway.sim import FoulError, Life, World
from halfway.wire import Wire


class Unit:
    """The learner's module: names to call, and nothing else of it can be reached from here.

    Plain data, ports, names and their own objects go in; plain data, enum members and objects of theirs come
    out. A call that raises raises here, as an exception of the same name on the same built-in base.
    """

    def __init__(self, link: Any) -> None:
        self._link = link
        self._life: Life | None = None
        self._theirs = theirs(self)

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
        return self._value(life, how, value)

    def _call_together(self, calls: list[Call]) -> list[Outcome]:
        """Make several calls concurrently on one loop, and give how each ended."""
        life = self._life if self._life is not None else self._begin(World())
        ends = life.call(calls)
        return [tried(partial(self._value, life, how, value)) for how, value in ends]

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
