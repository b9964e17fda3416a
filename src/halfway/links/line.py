"""One peer behind two descriptors: a line of JSON there, a line of JSON back.

What a pipe and a sandbox share. Whoever is there may lie: what is no message, what has no known shape and
what comes out of turn is foul, and never a fault of the judge.
"""

import os
import select
import sys
from collections.abc import Callable, Mapping
from typing import Any

from halfway.links.frozen import FrozenTime
from halfway.sim.answers import MALFORMED
from halfway.sim.errors import FoulError, GoneError
from halfway.sim.life import Life
from halfway.sim.world import EPOCH
from halfway.wire import Wire, from_line, to_line

LINE_MAX = 1 << 20
_TAKES_APART = ("halfway.sim.life", "halfway.sim.portcalls", "halfway.sim.repeats", "halfway.wire")
OUT_OF_TURN = "it spoke out of turn"


class Line:
    """A peer, seen from the judge. Raises FoulError for what no peer says, GoneError when it says no more.

    `patience_s` is how long, in real seconds, it may say nothing; without it, whoever holds the peer to its
    time does so elsewhere. Windows cannot wait for a pipe, and there that must do.
    """

    def __init__(self, into: int, out: int, patience_s: float | None = None) -> None:
        self.into, self.out = into, out
        self.kinds_told: set[str] = set()
        self.messages = 0
        """How many it has sent while it was called."""
        self._patience_s = patience_s if sys.platform != "win32" else None
        self._unsent = b""
        self._owes_an_end = False

    # ---- what is told to it

    def put(self, request: Wire) -> None:
        """Tells it so with the next request: it says nothing to this."""
        self._unsent += to_line(request)

    def load(self, source: str, name: str, freezegun: str | None, given: Mapping[str, str]) -> None:
        """Tells it the program of its lifetimes, the files that are given beside it, and where freezegun is.

        It is told of freezegun if the program imports a clock.
        """
        folder = freezegun if FrozenTime.is_wanted(source) else None
        self.put(["program", name, source, EPOCH.isoformat(), folder, dict(given)])

    def move(self) -> None:
        """Tells it that it is on another machine from now on."""
        self.put(["elsewhere"])

    def begin(self, life: Life) -> None:
        """Tells it that a lifetime begins."""
        self.put(["begin", life.starts_ns, life.seed])

    def ask(self, request: Wire) -> Any:
        """Gives what it answers to a request about which it has nothing to ask."""
        self._settle()
        self._send(request)
        message = self._read()
        if message[0] != "done":
            raise FoulError(OUT_OF_TURN)
        return message[1]

    def call(self, request: Wire, handle: Callable[[Wire], Wire]) -> Any:
        """Puts a request to it, answers what it asks meanwhile with `handle`, and gives its answer."""
        self._settle()
        self._send(request)
        while True:
            message = self._read()
            self.messages += 1
            if message[0] == "done":
                return message
            self._send(_answer(message, handle))

    def crash(self) -> None:
        """This lifetime is over: it is told so in place of a reply, and owes the end of its call."""
        self._send(["crash"])
        self._owes_an_end = True

    def _settle(self) -> None:
        if self._owes_an_end:
            self._owes_an_end = False
            if self._read()[0] != "done":
                raise FoulError(OUT_OF_TURN)

    # ---- lines

    def _send(self, message: Wire) -> None:
        data, self._unsent = self._unsent + to_line(message), b""
        try:
            while data:
                data = data[os.write(self.into, data) :]
        except OSError as error:
            raise GoneError("your process ended") from error

    def _read(self) -> Any:
        try:
            message = from_line(self._line())
        except (ValueError, RecursionError) as error:
            raise FoulError("what it said is not JSON") from error
        if type(message) is not list or len(message) not in (3, 4):
            raise FoulError("what it said is no message")
        return message

    def _line(self) -> bytes:
        line = b""
        while line[-1:] != b"\n":
            line += self._some()
            if len(line) > LINE_MAX:
                raise FoulError("it said more than a message may hold")
        if line.count(b"\n") > 1:
            raise FoulError(OUT_OF_TURN)
        return line

    def _some(self) -> bytes:
        if self._patience_s is not None and not select.select([self.out], [], [], self._patience_s)[0]:
            raise GoneError(f"it said nothing for {self._patience_s:g} seconds")
        try:
            some = os.read(self.out, 65_536)
        except OSError:
            some = b""
        if not some:
            raise GoneError("your process ended")
        return some


def _answer(message: Wire, handle: Callable[[Wire], Wire]) -> Wire:
    try:
        return handle(message)
    except MALFORMED as error:
        if _raised_in_taking_apart(error):
            raise FoulError("a message of no known shape") from error
        raise


def _raised_in_taking_apart(error: BaseException) -> bool:
    """Is it raised where the judge takes a message apart, and not where a port of ours works."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback is not None and traceback.tb_frame.f_globals.get("__name__") in _TAKES_APART
