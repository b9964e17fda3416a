"""What a judge asks for that no learner wrote: errors and chance to hand in, waits, what a module holds."""

import asyncio
import concurrent.futures
import queue
import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from halfway.subject import sharing
from halfway.subject.hosts import newest
from halfway.subject.operations import after, apart, made_operation
from halfway.subject.shape import shape_of
from halfway.subject.standins import in_another_thread
from halfway.wire import Wire

if TYPE_CHECKING:
    from halfway.subject.program import Program

ELSEWHERE: dict[str, type[BaseException]] = {
    "asyncio.CancelledError": asyncio.CancelledError,
    "concurrent.futures.CancelledError": concurrent.futures.CancelledError,
    "queue.Empty": queue.Empty,
    "queue.Full": queue.Full,
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


class UnhashableReply(Exception):
    """An error that no dict takes as a key, as a dataclass is that can change."""

    __hash__ = None  # type: ignore[assignment]


class MuteReply(Exception):
    """An error whose own text cannot be made."""

    def __str__(self) -> str:
        raise ValueError("this error has no text")


class SameReply(Exception):
    """An error that is made once and raised each time, as a constant of a module is."""

    _made: "SameReply | None" = None

    def __new__(cls, *args: object) -> "SameReply":
        if cls._made is None:
            cls._made = super().__new__(cls, *args)
        return cls._made.with_traceback(None)


ODD = (EmptyReply, FrozenReply, UnhashableReply, MuteReply, SameReply)
ELSEWHERE |= {f"{kind.__name__}(Exception)": kind for kind in ODD}


def made_error(
    kind: type[BaseException],
    text: str,
    cause: BaseException | None = None,
    inside: Sequence[BaseException] = (),
) -> BaseException:
    """Give an error as if it had been caught: with what it came from, and for a group with its members."""
    error: Any = kind(text, list(inside)) if issubclass(kind, BaseExceptionGroup) else kind(text)
    if cause is not None:  # who is frozen came from nothing
        error.__cause__ = error.__context__ = cause
    return error  # type: ignore[no-any-return]


class OddRandom(random.Random):
    """Chance that is false, as a generator is that counts what it has given; no key; and equal to all.

    It gives its state to nobody, as random.SystemRandom does.
    """

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return True

    def getstate(self) -> Any:
        raise TypeError("this source of chance has no state")

    def setstate(self, state: Any) -> None:
        self.getstate()


def made_rng(kind: str, seed: int) -> random.Random:
    """Give a generator with this seed: a plain one, or one that is "odd"."""
    return (OddRandom if kind == "odd" else random.Random)(seed)


def in_a_thread_of_its_own(owner: Any, name: str, *args: Any) -> Any:
    """Make the call of a synchronous method in a thread that neither made the object nor asked it before."""
    return in_another_thread(newest(), partial(getattr(owner, name), *args))


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


def ours(program: "Program", chance: ProcessChance) -> dict[str, Callable[..., Any]]:
    """What a judge can call that is not the learner's, by the name that it crosses with."""
    return {
        "!live": lambda value: value,
        "!shared": sharing.shared,
        "!wait": asyncio.sleep,
        "!rest": asyncio.sleep,
        "!shapes": partial(_shapes, program),
        "!functions": partial(_functions, program),
        "!rng": made_rng,
        "!class": program.error_class,
        "!error": made_error,
        "!operation": made_operation,
        "!after": after,
        "!apart": apart,
        "!thread": in_a_thread_of_its_own,
        "!seed": chance.seed,
        "!chance": chance.stands_at,
        "!callers": program.callers,
    }


def _shapes(program: "Program", names: list[str]) -> dict[str, Wire]:
    """What these names of the module are; those that it does not have are left out."""
    return {name: shape_of(program.named(name)) for name in names if program.has(name)}


def _functions(program: "Program", prefix: str) -> dict[str, Wire]:
    """What can be called in the module under a name that begins like this, in the order of the file."""
    return {
        name: shape_of(thing)
        for name, thing in program.items()
        if name.startswith(prefix) and callable(thing)
    }
