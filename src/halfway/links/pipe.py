"""Judge here, subject in another process: one line of JSON out, one line in, for the same messages."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from halfway.sim.errors import CrashError, FoulError
from halfway.sim.life import Life
from halfway.wire import Wire

LINE_MAX = 1 << 20
_SOURCES = str(Path(__file__).resolve().parents[2])
_SERVE = "import sys; sys.path.insert(0, sys.argv[1]); from halfway.links.server import main; main()"
_MALFORMED = (TypeError, ValueError, KeyError, IndexError, AttributeError, RecursionError)


started_ahead: dict[str, subprocess.Popen[bytes]] = {}
"""Processes that wait for a program, by hash seed: a new one takes a tenth of a second to come up."""


def start(hash_seed: str) -> subprocess.Popen[bytes]:
    """Start a process that waits for a program."""
    environment = {"PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    if "SYSTEMROOT" in os.environ:
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]  # Windows starts no interpreter without it
    # Not -I, which ignores PYTHONHASHSEED; -S and -P keep site-packages and the current folder out all the same.
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-S", "-P", "-c", _SERVE, _SOURCES],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, bufsize=0,
    )  # fmt: skip


class GoneError(Exception):
    """The subject's process ended by itself, or said something that is no message."""


class Pipe:
    """One bare process for all lifetimes: a crash ends the lifetime, and the next one begins with a new module.

    It is for the laws, where nobody lies: nothing confines the process. Raises SyntaxError as Direct does.
    """

    name = "pipe"

    def __init__(self, source: str, name: str, *, hash_seed: str = "0") -> None:
        compile(source, f"<{name}.py>", "exec", dont_inherit=True)
        self.source, self.module = source, name
        self.kinds_told: set[str] = set()
        self.messages = 0
        self._encode = json.JSONEncoder(separators=(",", ":")).encode
        ahead = hash_seed in started_ahead
        self._process = started_ahead.pop(hash_seed) if ahead else start(hash_seed)
        self._owes_an_end = False
        self._unsent = b""
        self._buffer = b""
        self._write(self._line(["program", name, source]))

    # ---- lifetimes

    def begin(self, life: Life) -> None:
        """A new process for the program; it is told with its first request."""
        self._unsent = self._line(["begin", life.world.now_ns])

    def call(self, request: Wire, life: Life) -> Wire:
        """Put a request to the subject, answer its messages, and give its answer. Raises GoneError when it is gone."""
        if self._owes_an_end:
            if self._read()[0] != "done":
                raise GoneError("it spoke out of turn")
            self._owes_an_end = False
        self._write(self._unsent + self._line(request))
        self._unsent = b""
        while True:
            message = self._read()
            self.messages += 1
            if message[0] == "done":
                return message
            self._write(self._line(self._answer(message, life)))

    def _answer(self, message: Wire, life: Life) -> Wire:
        try:
            return life.handle(message)
        except (CrashError, FoulError):
            raise
        except _MALFORMED as error:
            if _raised_in_taking_apart(error):
                raise FoulError("a message of no known shape") from error
            raise

    def kill(self) -> None:
        """This lifetime is over: the subject is told so, in place of a reply, and owes the end of its call."""
        self._write(self._line(["crash"]))
        self._owes_an_end = True

    def end(self) -> None:
        """Nothing to do: the next lifetime begins with a new module."""

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    # ---- lines

    def _line(self, message: Wire) -> bytes:
        return self._encode(message).encode() + b"\n"

    def _write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except (BrokenPipeError, ConnectionResetError, OSError) as error:
            raise GoneError("your process ended") from error

    def _read(self) -> Any:
        assert self._process.stdout is not None
        while b"\n" not in self._buffer:
            more = self._process.stdout.read(65_536)
            if not more:
                raise GoneError("your process ended")
            self._buffer += more
            if len(self._buffer) > LINE_MAX:
                raise GoneError("it said more than a message may hold")
        line, _, self._buffer = self._buffer.partition(b"\n")
        if self._buffer:
            raise GoneError("it spoke out of turn")
        try:
            message = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise GoneError("what it said is not JSON") from error
        if type(message) is not list or len(message) not in (3, 4):
            raise GoneError("what it said is no message")
        return message


def _raised_in_taking_apart(error: BaseException) -> bool:
    """Where the judge takes a message apart, and not where a port of ours works."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback is not None and traceback.tb_frame.f_globals.get("__name__") in ("halfway.sim.life", "halfway.wire")
