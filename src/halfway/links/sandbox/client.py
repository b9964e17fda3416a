"""Where sandboxes come from: a process that makes them, and a channel to it for each submission."""

import importlib.util
import json
import os
import socket
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from halfway import interpreter
from halfway.links.sandbox import bubblewrap
from halfway.links.sandbox.bubblewrap import ConfinementError

START_S = 15.0
_NURSERY = "from halfway.links.sandbox.zygote import main; main()"


class Nursery:
    """The process that makes sandboxes, for one hash seed. It ends with whoever started it.

    Raises ConfinementError where there are no sandboxes.
    """

    def __init__(self, hidden: Iterable[Path] = (), *, hash_seed: str = "0", ahead: int = 4) -> None:
        settings = {
            "bwrap": bubblewrap.found(),
            "hidden": bubblewrap.inside_what_is_bound(map(str, hidden)),
            "freezegun": _folder_of_freezegun(),
            "ahead": ahead,
        }
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {"PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
        number = str(theirs.fileno())
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
            interpreter.command(_NURSERY, number, json.dumps(settings), flags=("-S",)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("HALFWAY_DEBUG") else subprocess.DEVNULL,
            env=environment,
            cwd=interpreter.NOWHERE,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
        theirs.close()
        self.pid = self._process.pid
        self.descriptor = self._socket.fileno()

    def channel(self) -> socket.socket:
        """Gives a socket on which sandboxes can be asked for. Those end when its last holder closes it."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            socket.send_fds(self._socket, [b"channel"], [theirs.fileno()])
        except OSError as error:
            raise ConfinementError("the process that makes sandboxes has ended") from error
        finally:
            theirs.close()
        return ours

    def close(self) -> None:
        """Ends it, and every sandbox."""
        self._socket.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _folder_of_freezegun() -> str:
    found = importlib.util.find_spec("freezegun")
    return "" if found is None or found.origin is None else str(Path(found.origin).parents[1])


@dataclass(frozen=True)
class Terms:
    """What one submission's sandboxes are held to. `seconds` counts from when the pool is made."""

    seconds: float = 5.0
    memory_bytes: int = 512 << 20
    output_bytes: int = 2_000_000
    file_bytes: int = 16 << 20
    open_files: int = 64
    processes: int = 12


@dataclass
class ConfinedSubject:
    """One sandbox, seen from the judge."""

    id: int
    into: int
    out: int
    kinds_told: set[str] = field(default_factory=set)
    unsent: bytes = b""
    owes_an_end: bool = False

    def close(self) -> None:
        """Hang up."""
        os.close(self.into)
        os.close(self.out)


class Sandboxes:
    """Where a pool gets its sandboxes from: a channel to a nursery. They end when it is closed."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        channel.settimeout(START_S)

    def take(self) -> ConfinedSubject:
        """Gives a sandbox in which nothing has run yet. Raises ConfinementError if there is none."""
        try:
            self._channel.send(b"take")
            said, descriptors, _, _ = socket.recv_fds(self._channel, 1024, 2)
        except OSError as error:
            raise ConfinementError(f"the process that makes sandboxes does not answer: {error}") from error
        if not descriptors:
            raise ConfinementError(said[2:].decode("utf-8", "replace") or "no sandbox could be made")
        into, out = descriptors
        return ConfinedSubject(int(said), into, out)

    def how(self, subject: ConfinedSubject) -> str:
        """Says how the process in a sandbox ended: "exit 0", "signal 9", "alive"."""
        try:
            self._channel.send(f"how {subject.id}".encode())
            return self._channel.recv(64).decode()
        except OSError:
            return "alive"

    def close(self) -> None:
        """Ends every sandbox that was taken."""
        self._channel.close()
