"""How a call ended, as a value."""

from collections.abc import Callable
from typing import Any

from halfway.kit.values import CancelledError, HungError, Name, TheirError
from halfway.sim import CrashError


class Outcome:
    """How a call ended. `kind` is "returned", "raised", "cancelled", "crashed" or "hung"."""

    __slots__ = ("error", "kind", "value")

    def __init__(self, kind: str, value: Any = None, error: TheirError | None = None) -> None:
        self.kind, self.value, self.error = kind, value, error

    def raised(self, cls: type[BaseException] | Name) -> bool:
        """Did it raise this class, or one that is built on it?"""
        name = cls.__name__ if isinstance(cls, type) else repr(cls)
        return self.error is not None and name in self.error.mro

    def __repr__(self) -> str:
        if self.kind == "returned":
            return f"returned {self.value!r}"
        if self.error is not None:
            return f"raised {self.error.mro[0]}" + (f": {self.error.said}" if self.error.said else "")
        if self.kind == "hung":
            return f"never ended: {self.value}"
        return "was cancelled" if self.kind == "cancelled" else "crashed"


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
