"""Where sandboxes come from: a process that makes them, and a channel to it for each submission."""

import json
import os
import socket
import subprocess
from collections.abc import Iterable
from pathlib import Path

from halfway import interpreter
from halfway.links.frozen import folder_of_freezegun
from halfway.links.sandbox import bubblewrap, syscalls
from halfway.links.sandbox.bubblewrap import ConfinementError

START_S = 15.0
_ZYGOTE = "from halfway.links.sandbox.zygote import main; main()"


class ZygoteHost:
    """The process that makes sandboxes, for one hash seed. It ends with whoever started it.

    Raises ConfinementError where there are no sandboxes.
    """

    def __init__(self, hidden: Iterable[Path] = (), *, hash_seed: str = "0", ahead: int = 4) -> None:
        settings = {
            "bwrap": bubblewrap.found(),
            "hidden": bubblewrap.inside_what_is_bound(map(str, hidden)),
            "freezegun": folder_of_freezegun() or "",
            "ahead": ahead,
            "calls": syscalls.program().hex(),
        }
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {"PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
        number = str(theirs.fileno())
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
            interpreter.command(_ZYGOTE, number, json.dumps(settings), flags=("-S",)),
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


class Sandboxes:
    """Where a pool gets its sandboxes from: a channel to a zygote. They end when it is closed."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        channel.settimeout(START_S)

    def take(self) -> tuple[int, int, int, int]:
        """Gives a sandbox in which nothing has run yet: its number, how to speak to it, and what it is.

        The latter as descriptors: where to write to it, where to read from it, and one of its process.

        Raises ConfinementError if there is none.
        """
        try:
            self._channel.send(b"take")
            said, descriptors, _, _ = socket.recv_fds(self._channel, 1024, 3)
        except OSError as error:
            raise ConfinementError(f"the process that makes sandboxes does not answer: {error}") from error
        if not descriptors:
            raise ConfinementError(said[2:].decode("utf-8", "replace") or "no sandbox could be made")
        into, out, process = descriptors
        return int(said), into, out, process

    def how(self, id: int) -> str:
        """Says how the process in a sandbox ended: "exit 0", "signal 9", "alive"."""
        try:
            self._channel.send(f"how {id}".encode())
            return self._channel.recv(64).decode()
        except OSError:
            return "alive"

    def close(self) -> None:
        """Ends every sandbox that was taken."""
        self._channel.close()
