"""`run`: asyncio.run in virtual time, without a judge."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from halfway.subject.hosts import Host, HungError, host
from halfway.subject.in_line import ThreadsInLine
from halfway.subject.loop import HORIZON_NS, NS, VirtualLoop
from halfway.subject.pending import Late
from halfway.subject.standins import StandIns

STEPS_MAX = 1_000_000

_T = TypeVar("_T")


class _Import:
    """Who is charged while a module is imported: loops of its own, whose time nobody else sees."""

    def __init__(self, host: Host | None) -> None:
        self._host = host
        self._loop: VirtualLoop | None = None
        self.late: list[Late] = [] if host is None else host.late

    @property
    def now_ns(self) -> int:
        """What time it is where code runs."""
        if self._loop is not None and self._loop.is_running():
            return self._loop.now_ns
        return 0 if self._host is None else self._host.now_ns

    def block(self, seconds: float, function: str, line: int) -> None:
        if self._loop is not None and self._loop.is_running():
            self._loop.now_ns += round(seconds * NS) or seconds > 0
        elif self._host is not None:
            self._host.block(seconds, function, line)

    def new_loop(self) -> asyncio.AbstractEventLoop:
        self._loop = VirtualLoop()
        return self._loop


def importing() -> StandIns:
    """While a module is imported: an `asyncio.run` at its bottom runs in virtual time, whoever judges it."""
    return StandIns(_Import(host()))


class _Alone:
    """Who is charged when nobody judges: the loop that runs."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.late: list[Late] = []

    @property
    def now_ns(self) -> int:
        """What time it is."""
        return self._loop.now_ns

    def block(self, seconds: float, function: str, line: int) -> None:
        if self._loop.time() + seconds > HORIZON_NS / NS:
            raise HungError("it sleeps for more than ten years")
        self._loop.now_ns += round(seconds * NS) or seconds > 0

    def new_loop(self) -> asyncio.AbstractEventLoop:
        return VirtualLoop(self._loop.steps_max)


def run(main: Coroutine[Any, Any, _T], *, steps_max: int = STEPS_MAX) -> _T:
    """Run a coroutine to its end in virtual time: asyncio.run, but `await asyncio.sleep(3600)` takes no time.

    What the coroutine leaves running is cancelled and awaited, as asyncio.run does. Works inside another
    running loop (a notebook, a page). Raises HungError when nothing can go on, after `steps_max` steps, and
    past ten years.
    """
    if not asyncio.iscoroutine(main):
        raise ValueError(f"run() is given a coroutine, as in run(main()), not {main!r}")
    loop = VirtualLoop(steps_max)
    loop.set_exception_handler(None)
    with ThreadsInLine(_Alone(loop)):
        try:
            return loop.run_until_complete(main)
        finally:
            try:
                _end_what_is_left(loop)
            finally:
                loop.drop()
                loop.close()


def _end_what_is_left(loop: VirtualLoop) -> None:
    left = list(loop.unfinished())
    if left:
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    if loop._asyncgens:
        loop.run_until_complete(loop.shutdown_asyncgens())
