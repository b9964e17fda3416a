"""`time.sleep` in simulated code: it takes virtual time, blocks the whole process for it, and is written down."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Protocol

_real_sleep = time.sleep


class _Blockable(Protocol):
    def block(self, seconds: float, function: str, line: int) -> None:
        """Let `seconds` of virtual time pass with nothing else going on."""


_blocked: list[_Blockable] = []


def _charged_sleep(seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    if not _blocked:
        _real_sleep(seconds)
        return
    frame = sys._getframe(1)
    _blocked[-1].block(seconds, frame.f_code.co_name, frame.f_lineno)


@contextlib.contextmanager
def sleep_charged_to_virtual_time() -> Iterator[None]:
    """While this lasts, `time.sleep` is ours; code that captures it keeps ours, which sleeps really when nobody serves."""
    before = time.sleep
    time.sleep = _charged_sleep
    try:
        yield
    finally:
        time.sleep = before


class Blocking:
    """Who is charged for a `time.sleep` at the moment."""

    __slots__ = ("before", "who")

    def __init__(self, who: _Blockable) -> None:
        self.who = who

    def __enter__(self) -> None:
        self.before = time.sleep
        time.sleep = _charged_sleep
        _blocked.append(self.who)

    def __exit__(self, *problem: object) -> None:
        _blocked.pop()
        time.sleep = self.before
