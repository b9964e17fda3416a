"""What a judge hands in that is neither plain data nor a port, and is made here: errors, seeded chance."""

import asyncio
import concurrent.futures
import random
from collections.abc import Sequence
from typing import Any

ELSEWHERE: dict[str, type[BaseException]] = {
    "asyncio.CancelledError": asyncio.CancelledError,
    "concurrent.futures.CancelledError": concurrent.futures.CancelledError,
}
"""Classes of errors that are no built-in names, and that code meets all the same."""


class EmptyReply(Exception):
    """An error that holds nothing, and so is false."""

    def __len__(self) -> int:
        return 0


class FrozenReply(Exception):
    """An error that does not change any more, as a frozen dataclass is."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot assign to field {name!r}")


ELSEWHERE |= {f"{kind.__name__}(Exception)": kind for kind in (EmptyReply, FrozenReply)}


def made_error(
    kind: type[BaseException],
    text: str,
    cause: BaseException | None = None,
    inside: Sequence[BaseException] = (),
) -> BaseException:
    """Give an error as if it had been caught: with what it came from, and for a group with its members."""
    error: Any = kind(text, list(inside)) if issubclass(kind, BaseExceptionGroup) else kind(text)
    error.__cause__ = error.__context__ = cause
    return error  # type: ignore[no-any-return]


class ProcessChance:
    """The chance that a whole process shares: the module `random`. It is given back as it was found."""

    def __init__(self) -> None:
        self._before: Any = None

    def seed(self, seed: int) -> None:
        """Let it begin here, as a start-up script does that wants its runs alike."""
        if self._before is None:
            self._before = random.getstate()
        random.seed(seed)

    def stands_at(self) -> int:
        """Give a number that changes when somebody draws from it, or seeds it."""
        return hash(random.getstate())

    def give_back(self) -> None:
        """It stands where it stood before it was seeded."""
        if self._before is not None:
            random.setstate(self._before)
            self._before = None
