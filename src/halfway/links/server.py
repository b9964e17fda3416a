"""The other end of a pipe: serves one judge on standard input and output. Standard library, `halfway.subject`, `halfway.wire`."""

import json
import os
import random
import sys
from collections.abc import Iterator

from halfway.subject.program import Program
from halfway.subject.subject import OverError, Subject
from halfway.wire import Wire


def main() -> None:
    """Serve until the judge hangs up. What the learner's code prints goes nowhere."""
    into, out = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    serve(into, out)


def serve(into: int, out: int) -> None:
    """Answer the judge's requests, one at a time."""
    requests = _messages(into)
    encode = json.JSONEncoder(separators=(",", ":")).encode

    def say(message: Wire) -> None:
        os.write(out, encode(message).encode() + b"\n")

    def ask(message: Wire) -> Wire:
        say(message)
        return next(requests)

    program: Program | None = None
    subject: Subject | None = None
    for request in requests:
        if request[0] == "program":
            program = Program(request[2], request[1])
        elif request[0] == "begin" and program is not None:
            if subject is not None:
                subject.end()
            random.seed(0)
            subject = Subject(program, ask)
        elif request[0] == "crash":
            say(["done", [["crashed", None]], None, None])
        elif subject is not None:
            try:
                say(subject.serve(request))
            except OverError:
                subject.end()
                say(["done", [["crashed", None]], None, None])


def _messages(descriptor: int) -> Iterator[Wire]:
    buffer = b""
    while True:
        line, newline, rest = buffer.partition(b"\n")
        if newline:
            buffer = rest
            yield json.loads(line)
            continue
        more = os.read(descriptor, 65_536)
        if not more:
            os._exit(0)
        buffer += more


if __name__ == "__main__":
    sys.exit(main())
