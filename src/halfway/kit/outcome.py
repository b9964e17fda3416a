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
