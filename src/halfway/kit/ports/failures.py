"""The ways in which a call over a network fails: what happened all the same, and which error says so.

Each declared error comes as itself and as a class built on it, as libraries have them; and one comes that
nobody declared.
"""

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from halfway.sim import LOST, REFUSED, UNDECLARED

Error: TypeAlias = type[Exception]

_AS_LIBRARIES_NAME_IT = {
    ConnectionRefusedError: "ProxyRefused",
    TimeoutError: "ReadTimeout",
    ConnectionResetError: "StreamReset",
    ConnectionError: "LinkDown",
}


@cache
def built_on(error: Error) -> Error:
    """A class of a library's own, built on this one."""
    return type(_AS_LIBRARIES_NAME_IT.get(error, f"Special{error.__name__}"), (error,), {})


@dataclass(frozen=True)
class Failure:
    """One way to fail: did it happen all the same, and by which of these errors is it told?

    The errors take turns from call to call, so that each of them meets a first call and a second one.
    """

    text: str
    happens: bool
    errors: tuple[Error, ...]
    words: str

    def error(self, call: int) -> Exception:
        """The error of this failure in the so-many-th call."""
        return self.errors[call % len(self.errors)](self.words)


class Failures:
    """What can go wrong with one method of a port, by kind of fault, each with the text that tells it."""

    def __init__(self, **kinds: tuple[Failure, ...]) -> None:
        self.options = {
            kind: tuple(failure.text for failure in failures) for kind, failures in kinds.items() if failures
        }
        self._by_text = {failure.text: failure for failures in kinds.values() for failure in failures}

    def __getitem__(self, text: str) -> Failure:
        return self._by_text[text]

    def of(self, kind: str) -> tuple[Failure, ...]:
        """The failures of one kind."""
        return tuple(self._by_text[text] for text in self.options.get(kind, ()))


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
    and after, `undeclared` an error that the contract does not name, before and after.
    """
    told: dict[str, list[Failure]] = {REFUSED: [], LOST: [], UNDECLARED: []}
    if refused is not None:
        told[REFUSED] = [
            Failure(f"{what} is refused", False, (refused, built_on(refused)), "refused"),
            Failure(f"{what} is refused on the way", False, (built_on(refused), refused), "refused by a proxy"),
        ]
    for error in lost:
        both = error, built_on(error)
        if error is TimeoutError:
            texts, words = ("the request is lost", "the reply is lost"), "no reply"
        else:
            texts, words = (f"the connection breaks before {before}", f"the connection breaks after {after}"), "cut off"
        told[LOST] += [Failure(texts[0], False, both, words), Failure(texts[1], True, both[::-1], words)]
    early, late = undeclared
    if early is not None:
        told[UNDECLARED].append(Failure(f"something else fails before {before}", False, (early,), "out of order"))
    if late is not None:
        told[UNDECLARED].append(Failure(f"something else fails after {after}", True, (late,), "out of order"))
    return Failures(**{kind: tuple(failures) for kind, failures in told.items()})


def reads(
    who: str,
    *,
    refused: Error | None = ConnectionRefusedError,
    lost: tuple[Error, ...] = (TimeoutError, ConnectionError),
    undeclared: Error | None = RuntimeError,
) -> Failures:
    """The failures of a call that only reads: `reads("the log")`."""
    told: dict[str, tuple[Failure, ...]] = {}
    if refused is not None:
        told[REFUSED] = (Failure(f"{who} refuses", False, (refused, built_on(refused)), "refused"),)
    told[LOST] = tuple(
        Failure(f"{who} {_lost_told(error)}", False, (error, built_on(error)), "no answer") for error in lost
    )
    if undeclared is not None:
        told[UNDECLARED] = (Failure(f"{who} is out of order", False, (undeclared,), "out of order"),)
    return Failures(**told)


def _lost_told(error: Error) -> str:
    return "does not answer" if error is TimeoutError else "hangs up"
