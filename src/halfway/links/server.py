"""The other end of a pipe: serves one judge on standard input and output.

Standard library, `halfway.subject`, `halfway.wire`.
"""

import os
import random
from collections.abc import Iterator, Mapping
from datetime import datetime

from halfway.links.frozen import FrozenTime, MovedClock
from halfway.subject import elsewhere
from halfway.subject.asking import OverError
from halfway.subject.program import Program
from halfway.subject.subject import Subject
from halfway.wire import Wire, from_line, to_line

_CRASHED: Wire = ["done", [["crashed", None]], None, None]


def main() -> None:
    """Serve until the judge hangs up. What the learner's code prints goes nowhere."""
    into, out = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    Server(into, out).serve()


class Server:
    """One program, and one process lifetime of it after the other."""

    def __init__(self, into: int, out: int) -> None:
        self._requests, self._out = _messages(into), out
        self._program: Program | None = None
        self._subject: Subject | None = None
        self._frozen: MovedClock | None = None
        self._is_elsewhere = False

    def serve(self) -> None:
        """Answer the judge's requests, one at a time."""
        for request in self._requests:
            self.take(request)

    def take(self, request: Wire) -> None:
        """Do what one request asks for."""
        if request[0] == "program":
            self._take_program(*request[1:])
        elif request[0] == "begin" and self._program is not None:
            self._begin(self._program, *request[1:])
        elif request[0] == "elsewhere":
            self._is_elsewhere = True
            elsewhere.move()
        elif request[0] != "crash" and self._subject is not None:
            self._say(self._answer(self._subject, request))

    def _take_program(
        self, name: str, source: str, epoch: str, freezegun: str | None, given: Mapping[str, str]
    ) -> None:
        self._program = Program(source, name, given)
        if self._is_elsewhere:
            elsewhere.settle(self._program)
        if freezegun is not None:
            self._frozen = FrozenTime(datetime.fromisoformat(epoch), freezegun)

    def _begin(self, program: Program, starts_ns: int, seed: int) -> None:
        if self._subject is not None:
            self._subject.end()
        if program.uses_chance:
            random.seed(seed)
        moved = None
        if self._frozen is not None:
            self._frozen.start(starts_ns)
            moved = self._frozen.move
        self._subject = Subject(program, self._ask, moved)

    def _answer(self, subject: Subject, request: Wire) -> Wire:
        try:
            return subject.serve(request)
        except OverError:
            subject.end()
            return _CRASHED

    def _ask(self, message: Wire) -> Wire:
        self._say(message)
        reply = next(self._requests)
        if reply[0] == "crash":
            raise OverError
        return reply

    def _say(self, message: Wire) -> None:
        data = to_line(message)
        while data:
            data = data[os.write(self._out, data) :]


def _messages(descriptor: int) -> Iterator[Wire]:
    buffer = b""
    while True:
        line, newline, rest = buffer.partition(b"\n")
        if newline:
            buffer = rest
            yield from_line(line)
            continue
        more = os.read(descriptor, 65_536)
        if not more:
            os._exit(0)
        buffer += more
