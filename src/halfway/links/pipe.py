"""Judge here, subject in another process: one line of JSON out, one line in, for the same messages."""

import os
import subprocess
from contextlib import suppress
from typing import IO, cast

from halfway import interpreter
from halfway.links.frozen import folder_of_freezegun
from halfway.links.line import Line
from halfway.links.reading import facts_of
from halfway.sim.errors import FoulError, GoneError
from halfway.sim.life import Life
from halfway.wire import Wire

PATIENCE_S = 20.0
"""How long, in real seconds, a subject may say nothing; the limits on a verdict are shorter."""
_SERVE = "from halfway.links.server import main; main()"


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
        self._hash_seed, self._patience_s = hash_seed, patience_s
        self._peer: Peer | None = None
        self._line = self._started()

    @property
    def kinds_told(self) -> set[str]:
        """The kinds of ports whose methods the process knows."""
        return self._line.kinds_told

    @property
    def messages(self) -> int:
        """How many messages of the subject were answered."""
        return self._line.messages

    def _started(self) -> Line:
        ahead = self._hash_seed in started_ahead
        self._peer = peer = started_ahead.pop(self._hash_seed) if ahead else start(self._hash_seed)
        line = Line(peer.stdin.fileno(), peer.stdout.fileno(), self._patience_s)
        line.load(self.source, self.module, folder_of_freezegun())
        return line

    def close(self) -> None:
        """End the process."""
        peer, self._peer = self._peer, None
        if peer is not None:
            peer.end()

    def facts(self) -> dict[str, Wire]:
        """Say what stands in the source, whatever runs of it."""
        return facts_of(self.source)

    # ---- lifetimes

    def begin(self, life: Life) -> None:
        """A new process for the program; it is told with its first request."""
        if self._peer is None:
            self._line = self._started()
        self._line.begin(life)

    def call(self, request: Wire, life: Life) -> Wire:
        """Put a request to the subject, answer its messages, and give its answer.

        Raises GoneError when it is gone, FoulError when it says what no subject says.
        """
        if self._peer is None:
            raise GoneError("your process ended")
        try:
            return self._line.call(request, life.handle)
        except FoulError:
            self.close()
            raise

    def kill(self) -> None:
        """This lifetime is over."""
        if self._peer is not None:
            with suppress(GoneError):
                self._line.crash()

    def end(self) -> None:
        """Nothing to do: the next lifetime begins with a new module."""
