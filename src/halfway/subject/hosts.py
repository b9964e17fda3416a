"""Who runs simulated code: whom its time is charged to, and how it is told that nothing can go on."""

import asyncio
from _thread import get_ident
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from halfway.subject.pending import Late

CALL = ContextVar("CALL", default=0)
"""Which of several calls under way this is, counted from 1; what it begins belongs to it."""


class HungError(BaseException):
    """Nothing can go on, or nothing will ever end; the text says which.

    A BaseException, so that a learner's `except Exception` does not take it for an error of their own.
    """


class Host(Protocol):
    """Who is charged for the time, and where event loops come from."""

    late: "list[Late]"
    """What threads of the code have still to do."""

    @property
    def now_ns(self) -> int:
        """What time it is."""

    def block(self, seconds: float, function: str, line: int) -> None:
        """Let `seconds` of virtual time pass with nothing else going on."""

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Give an event loop in virtual time."""


_hosts: list[tuple[Host, int]] = []


def enter(host: Host) -> None:
    """From now on simulated code runs in this thread, and this one is charged."""
    _hosts.append((host, get_ident()))


def leave() -> None:
    """Who was charged before is charged again."""
    _hosts.pop()


def newest() -> Host:
    """Give whoever was the last to come, in whichever thread."""
    return _hosts[-1][0]


def host() -> Host | None:
    """Give whoever is charged now; None where nobody is simulated."""
    return _hosts[-1][0] if _hosts and _hosts[-1][1] == get_ident() else None
