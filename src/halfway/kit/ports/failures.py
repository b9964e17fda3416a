"""The ways in which a call over a network fails: what happened all the same, and which error says so.

Each declared error comes as itself and as a class built on it, as libraries have them; and one comes that
nobody declared.
"""

import asyncio
from dataclasses import dataclass
from typing import TypeAlias

from halfway.sim import LOST, REFUSED, UNDECLARED

Error: TypeAlias = type[Exception]

StoppedInside = asyncio.CancelledError
"""What comes out of a call whose own task was cancelled, by nobody who waits for it."""


class Redeployed(SystemExit):
    """What the handler of a signal raises in a worker that is told to stop."""


_AS_LIBRARIES_NAME_IT: dict[Error, str] = {
    ConnectionRefusedError: "ProxyRefused",
    TimeoutError: "ReadTimeout",
    ConnectionResetError: "StreamReset",
    ConnectionError: "LinkDown",
}


_FIRST_TRY = "the first try"
_built: dict[str, Error] = {}


def built_on(error: Error) -> Error:
    """A class of a library's own, built on this one."""
    name = _AS_LIBRARIES_NAME_IT.get(error, f"Special{error.__name__}")
    if name not in _built:
        _built[name] = type(name, (error,), {})
    return _built[name]


@dataclass(frozen=True)
class Failure:
    """One way to fail: did it happen all the same, and by which of these errors is it told?

    The first error is the declared one; a way that has none is there under the pressure of errors alone.
    There the errors take turns from call to call, so that each of them meets a first call and a second one.
    Without `words` an error has no arguments.
    """

    text: str
    happens: bool
    errors: tuple[Error, ...]
    words: str
    is_declared: bool = True
    is_quick: bool = False
    """It is told as soon as the call arrives, as a refusal is."""
    after: Error | None = None
    """What a library met before, in the same call, and hands on as the cause of its own error."""
    inside: tuple[type[BaseException], ...] = ()
    """Who is in the group, where the error is one."""

    def error(self, call: int, *, family: bool) -> Exception:
        """The error of this failure in the so-many-th call."""
        turn = (call + self.happens) % len(self.errors) if family else 0
        given = [self.words, [kind(self.words) for kind in self.inside]]
        error = self.errors[turn](*given[: bool(self.words) + bool(self.inside)])
        if self.after is not None and (not self.is_declared or error.__class__.__module__ != "builtins"):
            error.__cause__ = self.after(_FIRST_TRY)
        return error


class Failures:
    """What can go wrong with one method of a port, by kind of fault, each with the text that tells it."""

    def __init__(self, **kinds: list[Failure]) -> None:
        self.options = {kind: tuple(each.text for each in ways) for kind, ways in kinds.items() if ways}
        self.declared = {
            kind: tuple(each.text for each in ways if each.is_declared) for kind, ways in kinds.items()
        }
        """The same without what is there under the pressure of errors alone."""
        self._by_text = {each.text: each for ways in kinds.values() for each in ways}

    def __getitem__(self, text: str) -> Failure:
        return self._by_text[text]


def writes(
    what: str,
    before: str,
    after: str,
    *,
    refused: Error | None = ConnectionRefusedError,
    lost: tuple[Error, ...] = (TimeoutError, ConnectionResetError),
    undeclared: tuple[Error | None, Error | None] = (RuntimeError, OSError),
) -> Failures:
    """The failures of a call that does something: `writes("the call", "it rings", "it rang")`.

    `refused` says that it did not happen, `lost` are errors after which nobody knows, each before it happened
    and after, `undeclared` an error that the contract does not name, before and after. A library that tried
    twice was refused first: its own error says so by its cause, and says nothing about the second try.
    """
    told: dict[str, list[Failure]] = {REFUSED: [], LOST: [], UNDECLARED: []}
    if refused is not None:
        proxy = f"{what} is refused on the way", False, (built_on(refused), refused), "refused by a proxy"
        told[REFUSED] = [
            Failure(f"{what} is refused", False, (refused,), "refused", is_quick=True),
            Failure(*proxy, is_declared=False, is_quick=True),
        ]
    for error in lost:
        texts, words = ("the request is lost", "the reply is lost"), "no reply"
        if error is not TimeoutError:
            texts = f"the connection breaks before {before}", f"the connection breaks after {after}"
            words = "cut off"
        told[LOST] += [
            Failure(text, happens, (error, built_on(error)), words, after=refused)
            for text, happens in zip(texts, (False, True), strict=True)
        ]
    texts = f"something else fails before {before}", f"something else fails after {after}"
    told[UNDECLARED] = [
        Failure(text, happens, (error,), "out of order", is_declared=False, after=refused)
        for text, happens, error in zip(texts, (False, True), undeclared, strict=True)
        if error is not None
    ]
    return Failures(**told)


class EmptyReply(Exception):
    """An error that is false: there."""


class MuteReply(Exception):
    """An error whose text cannot be made: there; here it has the text that is told of it."""

    def __str__(self) -> str:
        return "(its text could not be made: ValueError)"


_BUILT_ODDLY: tuple[tuple[str, Error], ...] = (
    ("is false", EmptyReply),
    ("has no text", MuteReply),
    ("is a StopAsyncIteration", StopAsyncIteration),
)
"""None that cannot be changed: a context manager of the library's own fails on that."""
_GROUPS: tuple[tuple[str, tuple[Error, ...]], ...] = (
    ("on its only line, in a group of one error", (TimeoutError,)),
    ("on both lines, in a group of two errors", (ConnectionRefusedError, RuntimeError)),
)
_OF_A_LIBRARY = tuple(
    built_on(kind)
    for kind in (
        ArithmeticError, AttributeError, BlockingIOError, BufferError, ChildProcessError, EOFError,
        FileExistsError, FileNotFoundError, ImportError, IndexError, InterruptedError, IsADirectoryError,
        KeyError, LookupError, ModuleNotFoundError, NameError, NotADirectoryError, OverflowError,
        PermissionError, ProcessLookupError, RecursionError, ReferenceError, SyntaxError, SystemError,
        TypeError, UnboundLocalError, UnicodeError, UserWarning, ValueError, ZeroDivisionError,
    )
)  # fmt: skip
"""On almost every class of errors that Python has. Without AssertionError, a broken promise here;
NotImplementedError, what is still to be written; and MemoryError, the end of a process."""
ALL_SORTS: tuple[Error, ...] = (ExceptionGroup, *dict(_BUILT_ODDLY).values(), *_OF_A_LIBRARY)
"""What a port raises that fails in `all_sorts` of ways."""


def odd_ways(what: str) -> list[Failure]:
    """A way to fail for each error that is built like no other, and for groups of errors."""
    return [
        *(_undeclared(f"{what} fails {how}", ExceptionGroup, inside) for how, inside in _GROUPS),
        *(_undeclared(f"{what} fails with an error that {how}", kind) for how, kind in _BUILT_ODDLY),
    ]


def all_sorts(what: str) -> list[Failure]:
    """All of these, and one for each class of errors that Python has: "whichever" means each of them."""
    return odd_ways(what) + [
        _undeclared(f"{what} fails with a {kind.__name__}", kind) for kind in _OF_A_LIBRARY
    ]


def _undeclared(text: str, kind: Error, inside: tuple[Error, ...] = ()) -> Failure:
    return Failure(text, False, (kind,), "out of order", is_declared=False, inside=inside)


def reads(
    who: str,
    *,
    refused: Error | None = ConnectionRefusedError,
    lost: tuple[Error, ...] = (TimeoutError, ConnectionError),
    undeclared: tuple[Error, ...] = (RuntimeError, OSError),
) -> Failures:
    """The failures of a call that only reads: `reads("the log")`; the undeclared errors take turns."""
    told: dict[str, list[Failure]] = {REFUSED: [], LOST: [], UNDECLARED: []}
    if refused is not None:
        errors = refused, built_on(refused)
        told[REFUSED] = [Failure(f"{who} refuses", False, errors, "refused", is_quick=True)]
    for error in lost:
        how = "does not answer" if error is TimeoutError else "hangs up"
        told[LOST].append(Failure(f"{who} {how}", False, (error, built_on(error)), "no answer"))
    if undeclared:
        way = f"{who} is out of order", False, undeclared, "out of order"
        told[UNDECLARED] = [Failure(*way, is_declared=False, after=next(iter(lost), refused))]
    return Failures(**told)
