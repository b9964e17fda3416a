"""Judge here, subject in another process: one line of JSON out, one line in, for the same messages."""

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress

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

started_ahead: dict[str, subprocess.Popen[bytes]] = {}
"""Processes that wait for a program, by hash seed: a new one takes a tenth of a second to come up."""

may_start = {"interpreters"}
"""Empty in a process that leaves this to another one."""


def start(hash_seed: str) -> subprocess.Popen[bytes]:
    """Start a process that waits for a program. Raises OSError where that is left to another process."""
    if not may_start:
        raise OSError("interpreters are started by another process")
    environment = {"PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    if "SYSTEMROOT" in os.environ:
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]  # Windows starts no interpreter without it
    # Not -I, which ignores PYTHONHASHSEED; -S and -P keep site-packages and the current folder out all the
    # same.
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        interpreter.command(_SERVE, flags=("-S",)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=interpreter.NOWHERE,
        bufsize=0,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """End it, and reap it where it is ours."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


class Pipe:
    """One bare process for all lifetimes.

    A crash ends the lifetime, and the next one begins with a new module.

    It is for the laws, where nobody lies: nothing confines the process. One that ended, or talks nonsense, is
    replaced when the next lifetime begins. Raises SyntaxError as Direct does.
    """

    name = "pipe"
    is_trusted = True

    def __init__(
        self,
        source: str,
        name: str,
        *,
        hash_seed: str = "0",
        patience_s: float = PATIENCE_S,
        is_elsewhere: bool = False,
        given: Mapping[str, str] | None = None,
    ) -> None:
        compile(source, f"<{name}.py>", "exec", dont_inherit=True)
        self.source, self.module, self.given = source, name, given or {}
        self.hash_seed, self._patience_s = hash_seed, patience_s
        self._is_elsewhere = is_elsewhere
        self._process: subprocess.Popen[bytes] | None = None
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
        ahead = self.hash_seed in started_ahead
        self._process = process = started_ahead.pop(self.hash_seed) if ahead else start(self.hash_seed)
        assert process.stdin is not None, "start() makes pipes"
        assert process.stdout is not None
        line = Line(process.stdin.fileno(), process.stdout.fileno(), self._patience_s)
        if self._is_elsewhere:
            line.move()
        line.load(self.source, self.module, folder_of_freezegun(), self.given)
        return line

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            end(process)

    def facts(self) -> dict[str, Wire]:
        """Say what stands in the source, whatever runs of it."""
        return facts_of(self.source)

    # ---- lifetimes

    def begin(self, life: Life) -> None:
        """A new process for the program; it is told with its first request."""
        if self._process is None:
            self._line = self._started()
        self._line.begin(life)

    def call(self, request: Wire, life: Life) -> Wire:
        """Put a request to the subject, answer its messages, and give its answer.

        Raises GoneError when it is gone, FoulError when it says what no subject says.
        """
        if self._process is None:
            raise GoneError("your process ended")
        try:
            return self._line.call(request, life.handle)
        except FoulError:
            self.close()
            raise

    def kill(self) -> None:
        """This lifetime is over."""
        if self._process is not None:
            with suppress(GoneError):
                self._line.crash()

    def end(self) -> None:
        """Nothing to do: the next lifetime begins with a new module."""
