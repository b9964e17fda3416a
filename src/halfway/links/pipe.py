"""Judge here, subject in another process: one line of JSON out, one line in, for the same messages."""

import importlib.util
import os
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

from halfway import interpreter
from halfway.links.frozen import FrozenTime
from halfway.sim.answers import MALFORMED
from halfway.sim.errors import FoulError, GoneError
from halfway.sim.life import Life
from halfway.sim.world import EPOCH
from halfway.wire import Wire, from_line, to_line

LINE_MAX = 1 << 20
PATIENCE_S = 20.0
"""How long, in real seconds, a subject may say nothing; the limits on a verdict are shorter."""
_SERVE = "from halfway.links.server import main; main()"
_TAKES_APART = ("halfway.sim.life", "halfway.sim.portcalls", "halfway.wire")

__all__ = ["GoneError", "Peer", "Pipe", "start", "started_ahead"]


class Peer:
    """A process that waits for a program at the other end of a pipe. It may be the child of another one."""

    def __init__(
        self,
        pid: int,
        stdin: IO[bytes],
        stdout: IO[bytes],
        child: subprocess.Popen[bytes] | None = None,
    ) -> None:
        self.pid, self.stdin, self.stdout, self._child = pid, stdin, stdout, child

    def end(self) -> None:
        """End it, and reap it where it is ours."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        self.stdin.close()
        self.stdout.close()


started_ahead: dict[str, Peer] = {}
"""Processes that wait for a program, by hash seed: a new one takes a tenth of a second to come up."""


def start(hash_seed: str) -> Peer:
    """Start a process that waits for a program."""
    environment = {"PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    if "SYSTEMROOT" in os.environ:
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]  # Windows starts no interpreter without it
    # Not -I, which ignores PYTHONHASHSEED; -S and -P keep site-packages and the current folder out all the
    # same.
    child = subprocess.Popen(  # noqa: S603 - our own interpreter
        interpreter.command(_SERVE, flags=("-S",)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=interpreter.NOWHERE,
        bufsize=0,
    )
    return Peer(child.pid, cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout), child)


class Pipe:
    """One bare process for all lifetimes.

    A crash ends the lifetime, and the next one begins with a new module.

    It is for the laws, where nobody lies: nothing confines the process. One that ended, or talks nonsense, is
    replaced when the next lifetime begins. Raises SyntaxError as Direct does.
    """

    name = "pipe"
    is_trusted = True

    def __init__(
        self, source: str, name: str, *, hash_seed: str = "0", patience_s: float = PATIENCE_S
    ) -> None:
        compile(source, f"<{name}.py>", "exec", dont_inherit=True)
        self.source, self.module = source, name
        self.kinds_told: set[str] = set()
        self.messages = 0
        self._hash_seed, self._patience_s = hash_seed, patience_s
        self._process: Peer | None = None
        self._start()

    # ---- the process

    def _start(self) -> None:
        ahead = self._hash_seed in started_ahead
        self._process = started_ahead.pop(self._hash_seed) if ahead else start(self._hash_seed)
        self.kinds_told.clear()
        self._owes_an_end = False
        self._buffer = b""
        folder = _folder_of_freezegun() if FrozenTime.is_wanted(self.source) else None
        self._unsent = to_line(["program", self.module, self.source, EPOCH.isoformat(), folder])

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.end()

    # ---- lifetimes

    def begin(self, life: Life) -> None:
        """A new process for the program; it is told with its first request."""
        if self._process is None:
            self._start()
        self._unsent += to_line(["begin", life.world.now_ns, life.world.lives])

    def call(self, request: Wire, life: Life) -> Wire:
        """Put a request to the subject, answer its messages, and give its answer.

        Raises GoneError when it is gone.
        """
        try:
            return self._call(request, life)
        except GoneError:
            self.close()
            raise

    def _call(self, request: Wire, life: Life) -> Wire:
        if self._owes_an_end:
            if self._read()[0] != "done":
                raise GoneError("it spoke out of turn")
            self._owes_an_end = False
        unsent, self._unsent = self._unsent, b""
        self._write(unsent + to_line(request))
        while True:
            message = self._read()
            self.messages += 1
            if message[0] == "done":
                return message
            self._write(to_line(self._answer(message, life)))

    def _answer(self, message: Wire, life: Life) -> Wire:
        try:
            return life.handle(message)
        except MALFORMED as error:
            if raised_in_taking_apart(error):
                raise FoulError("a message of no known shape") from error
            raise

    def kill(self) -> None:
        """This lifetime is over.

        The subject is told so, in place of a reply, and owes the end of its call.
        """
        with suppress(GoneError):
            self._write(to_line(["crash"]))
            self._owes_an_end = True

    def end(self) -> None:
        """Nothing to do: the next lifetime begins with a new module."""

    # ---- lines

    def _streams(self) -> tuple[IO[bytes], IO[bytes]]:
        process = self._process
        if process is None:
            raise GoneError("your process ended")
        return process.stdin, process.stdout

    def _write(self, data: bytes) -> None:
        stdin, _ = self._streams()
        try:
            while data:
                data = data[stdin.write(data) :]
        except OSError as error:
            raise GoneError("your process ended") from error

    def _read(self) -> Any:
        _, stdout = self._streams()
        while b"\n" not in self._buffer:
            _wait_for(stdout, self._patience_s)
            more = stdout.read(65_536)
            if not more:
                raise GoneError("your process ended")
            self._buffer += more
            if len(self._buffer) > LINE_MAX:
                raise GoneError("it said more than a message may hold")
        line, _, self._buffer = self._buffer.partition(b"\n")
        if self._buffer:
            raise GoneError("it spoke out of turn")
        try:
            message = from_line(line)
        except (ValueError, RecursionError) as error:
            raise GoneError("what it said is not JSON") from error
        if type(message) is not list or len(message) not in (3, 4):
            raise GoneError("what it said is no message")
        return message


def _wait_for(stream: IO[bytes], patience_s: float) -> None:
    """Wait until there is something to read.

    Windows cannot wait for a pipe; there the outer limits must do.
    """
    if sys.platform != "win32" and not select.select([stream], [], [], patience_s)[0]:
        raise GoneError(f"it said nothing for {patience_s:g} seconds")


def _folder_of_freezegun() -> str | None:
    found = importlib.util.find_spec("freezegun")
    return None if found is None or found.origin is None else str(Path(found.origin).parents[1])


def raised_in_taking_apart(error: BaseException) -> bool:
    """Is it raised where the judge takes a message apart, and not where a port of ours works."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback is not None and traceback.tb_frame.f_globals.get("__name__") in _TAKES_APART
