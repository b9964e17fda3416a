"""How a call ended, as a value."""

from collections.abc import Callable, Iterable
from typing import Any

from halfway.kit.values import CancelledError, HungError, Name, TheirError
from halfway.sim import CrashError


class Outcome:
    """How a call ended. `kind` is "returned", "raised", "cancelled", "crashed" or "hung".

    Or "uncancelled": cancelled, but the count of cancels that a timeout around it goes by was taken back, or
    one more cancel was sent, which is still to come.
    """

    __slots__ = ("error", "kind", "lost_by", "value")

    def __init__(self, kind: str, value: Any = None, error: TheirError | None = None) -> None:
        self.kind, self.value, self.error = kind, value, error
        self.lost_by = ""
        """What of asyncio lost a cancel on the way: "wait_for" on Python 3.11, for one."""

    def holds(self, errors: Iterable[str]) -> bool:
        """Did it raise one of these errors ("TimeoutError: no reply"), as it is or in an exception group?"""
        if self.error is None:
            return False
        packed = [{"mro": self.error.mro, "said": self.error.said, "inner": self.error.inner}]
        for one in packed:
            packed += one["inner"]
        return any(f"{one['mro'][0]}: {one['said']}".removesuffix(": ") in errors for one in packed)

    def passed_on(self, errors: Iterable[str], *, alone: bool = False) -> bool:
        """Did it pass on one of these errors of a port ("TimeoutError: no reply"), as it is?

        The very object, that is, with no cause, note or attribute that it did not have; and `alone`, with no
        context either, which Python adds to what comes while another error is dealt with.
        Out of an asynchronous generator Python lets no StopAsyncIteration: what it makes of it will do.
        """
        errors = list(errors)
        if self.kind == "cancelled":
            return any(one.split(":")[0] == "CancelledError" for one in errors)
        if repr(self) == f"raised RuntimeError: async generator raised {_STOP}":
            return any(one.split(":")[0] == _STOP for one in errors)
        if self.error is None or self.error.as_it_was is not True or not self._is_like(errors):
            return False
        return not (alone and self.error.context)

    def beside(self, errors: Iterable[str], *, alone: bool = False) -> str:
        """What a port raised, in words; and that what came out only looks like it, where that is so."""
        told = ", ".join(dict.fromkeys(errors))
        if self.error is None or self.passed_on(errors, alone=alone):
            return told
        if self.error.as_it_was is False:
            return f"{told}; what came out is {_CHANGED}"
        if not self._is_like(errors):
            return told
        if self.error.as_it_was:
            return f"{told}; what came out is {_WITH_A_CONTEXT}, {self.error.context}"
        return f"{told}; what came out is {_ANOTHER}{_GROUP if self.error.inner else ''}"

    def _is_like(self, errors: Iterable[str]) -> bool:
        return repr(self) in [f"raised {error}" for error in errors]

    @property
    def in_a_word(self) -> str:
        """How it ended, without what it held."""
        return _IN_A_WORD.get(self.kind, self.kind)

    def raised(self, cls: type[BaseException] | Name) -> bool:
        """Did it raise this class, or one that is built on it?"""
        name = cls.__name__ if isinstance(cls, type) else repr(cls)
        return self.error is not None and name in self.error.mro

    def __repr__(self) -> str:
        lost = _LOST.get(self.lost_by)
        return f"{self._in_words()} ({lost})" if lost and self.kind != "cancelled" else self._in_words()

    def _in_words(self) -> str:
        if self.kind == "returned":
            return f"returned {self.value!r}"
        if self.error is not None:
            return f"raised {self.error.mro[0]}" + (f": {self.error.said}" if self.error.said else "")
        if self.kind == "hung":
            return f"never ended: {self.value}"
        if self.kind == "uncancelled":
            return f"{_IN_A_WORD['cancelled']}, and took the cancel back or sent another one"
        return "was cancelled" if self.kind == "cancelled" else "crashed"


_STOP = "StopAsyncIteration"
_ANOTHER = "another one, which a line of yours made"
_GROUP = " (`except*` makes a new group, even of members that no clause of it takes)"
_WITH_A_CONTEXT = "that error, and it has a context that it had not"
_CHANGED = "that error, and it was changed: by a note, an argument, an attribute, or a `from`"
_LOST = {
    "wait_for": "Python itself lost the cancel: asyncio.wait_for does so up to 3.11 when it comes with the "
    "result; asyncio.timeout does not",
    "TaskGroup": "Python itself hides the cancel: asyncio.TaskGroup tells a child's error in its place; "
    "an error that a child gives back, and does not raise, hides nothing",
}
_IN_A_WORD = {"hung": "never ended", "cancelled": "was cancelled", "uncancelled": "was cancelled"}


def tried(call: Callable[[], Any]) -> Outcome:
    """Make a call and give how it ended.

    What is still to be written (NotImplementedError) is no outcome, and is raised.
    """
    try:
        return Outcome("returned", call())
    except TheirError as error:
        if error.mro[0] == "NotImplementedError":
            raise
        return Outcome("raised", error=error)
    except CancelledError:
        return Outcome("cancelled")
    except CrashError:
        return Outcome("crashed")
    except HungError as hung:
        return Outcome("hung", str(hung))
