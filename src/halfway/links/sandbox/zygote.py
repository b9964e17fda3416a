"""The process from which the processes of submissions are forked, each into a sandbox of its own.

It has the learner's side imported and knows nothing else: no suite, no solution, no submission. It is asked
over sequenced packets:

    on its own socket   "channel", with a socket     whoever holds the other end may ask for sandboxes
    on a channel        "take" -> "ID", with pipes to and from the server in a new sandbox; or "! why there is
                        none"
                        "how ID" -> how its process ended: "exit 3", "signal 9", or "alive"

The sandboxes of a channel end with it. Some are started ahead of being asked for.
"""

import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from itertools import chain
from typing import NoReturn

from halfway.interpreter import SOURCES
from halfway.links.frozen import FrozenTime
from halfway.links.guard import address_space
from halfway.links.sandbox import bubblewrap, clocks, namespaces
from halfway.links.sandbox.libraries import Libraries, import_machine_code
from halfway.links.sandbox.rehearsal import rehearse
from halfway.links.sandbox.server import ConfinedServer

MOST_AHEAD = 32
START_S = 10.0
IDLE_S = 0.02
"""How long nobody has asked for anything when the next sandbox is started ahead."""
HOW_S = 0.2
"""How long a process whose pipe has just closed may take to be gone."""


class Sandbox:
    """One sandbox, and the process in it that waits for a program."""

    def __init__(self, command: list[str]) -> None:
        self.pid = self._first = 0
        self.ends: tuple[int, ...] = ()
        """Where to write to what is inside, where to read from it, and what stands for its process."""
        into, self._hold = os.pipe()
        self._echo, out = os.pipe()
        info, info_out = os.pipe()
        actions = [
            (os.POSIX_SPAWN_DUP2, into, 0),
            (os.POSIX_SPAWN_DUP2, out, 1),
            (os.POSIX_SPAWN_DUP2, out, 2),
            (os.POSIX_SPAWN_DUP2, info_out, bubblewrap.INFO),
        ]
        self._bwrap = os.posix_spawn(command[0], command, {}, file_actions=actions)
        for descriptor in (into, out, info_out):
            os.close(descriptor)
        try:
            os.write(self._hold, b".\n")
            self._wait_for_echo()
            self._first = int(json.loads(os.read(info, 4096))["child-pid"])
            self._fork_into()
        except BaseException:
            self.end()
            raise
        finally:
            os.close(info)

    def _wait_for_echo(self) -> None:
        said = b""
        while not said.endswith(b".\n"):
            ready = select.select([self._echo], [], [], START_S)[0]
            more = os.read(self._echo, 4096) if ready else b""
            if not more:
                raise bubblewrap.refused(said.decode("utf-8", "replace"))
            said += more

    def _fork_into(self) -> None:
        """Fork a process that enters the sandbox, and one from it that is born there."""
        into, put = os.pipe()
        taken, out = os.pipe()
        self.ends = put, taken
        heard, say = os.pipe()
        with namespaces.children_born_in(self._first) as are_inside:
            child = os.fork()
            if child == 0:
                _enter(self._first, (into, out), say, is_inside=are_inside)
        for descriptor in (into, out, say):
            os.close(descriptor)
        said = os.read(heard, 600)
        os.close(heard)
        if not are_inside:
            os.waitpid(child, 0)
        if said[:1] == b"!" or not said:
            raise bubblewrap.refused(said[2:].decode("utf-8", "replace"))
        self.pid = child if are_inside else int(said)
        self.ends = put, taken, os.pidfd_open(self.pid)

    def close_ends(self) -> None:
        """Leaves the pipes to whoever was given them."""
        for descriptor in self.ends:
            os.close(descriptor)
        self.ends = ()

    def end(self) -> None:
        """Ends everything in it at once."""
        for pid in (self._first, self._bwrap):
            if pid:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        self.close_ends()
        for descriptor in (self._hold, self._echo):
            os.close(descriptor)


def _enter(first: int, pipes: tuple[int, int], say: int, *, is_inside: bool) -> NoReturn:
    """Joins the sandbox; a process that was not born inside forks one that is, says its id, and ends."""
    try:
        size, uid = address_space(), None
        if namespaces.is_root():
            uid = namespaces.UIDS[random.SystemRandom().randrange(len(namespaces.UIDS))]
        namespaces.enter(first)
        pid = 0 if is_inside else os.fork()
        if pid or is_inside:
            os.write(say, str(pid).encode())
        if pid:
            os._exit(0)
        _be_inside(*pipes, uid, size)
    except BaseException as error:
        namespaces.fail(say, error)
    finally:
        os._exit(1)


def _be_inside(into: int, out: int, uid: int | None, size: int) -> None:
    """Is the process that a submission's lifetimes run in."""
    os.setsid()
    os.chdir("/")
    namespaces.own_descriptors((into, out))
    os.environ.clear()
    namespaces.give_up_power(uid)
    namespaces.own_keys()
    if _clocks is not None:
        clocks.stop(_clocks)
    ConfinedServer(into, out, size=size, calls=_calls, has_own_clock=_clocks is not None).serve()


_clocks: clocks.Clocks | None = None
_calls = b""
"""What every sandbox of this process takes away from what runs in it: its clocks, and most system calls."""


_IMPORTED_AHEAD = """
    asyncio.subprocess base64 bisect collections.abc contextlib contextvars copy dataclasses datetime decimal
    enum functools hashlib heapq itertools json math operator random re secrets statistics string struct time
    typing uuid weakref zlib
""".split()  # noqa: SIM905 - a list of words


class Zygote:
    """Serves those who ask for sandboxes, until nobody holds its socket any more."""

    def __init__(self, asked: socket.socket, command: list[str], ahead: int) -> None:
        self._asked, self._command = asked, command
        self._fewest_ahead = self._most_ahead = ahead
        self._channels: dict[socket.socket, list[Sandbox]] = {}
        self._ahead: list[Sandbox] = []
        self._ended: dict[int, int] = {}

    def run(self) -> None:
        """Serve."""
        while True:
            idle_s = IDLE_S if self._channels and len(self._ahead) < self._most_ahead else None
            ready = select.select([self._asked, *self._channels], [], [], idle_s)[0]
            for one in ready:
                if one is self._asked:
                    self._open_channel()
                else:
                    self._serve(one)
            self._reap()
            if not ready:
                with suppress(bubblewrap.ConfinementError, OSError):
                    self._ahead.append(Sandbox(self._command))

    def _open_channel(self) -> None:
        said, descriptors, _, _ = socket.recv_fds(self._asked, 64, 1)
        if not said:
            self._end()
        for descriptor in descriptors:
            self._channels[socket.socket(fileno=descriptor)] = []

    def _serve(self, channel: socket.socket) -> None:
        try:
            said = channel.recv(64).split()
        except ConnectionError:
            said = []
        if not said:
            used = self._channels.pop(channel)
            # The next submission is likely to be of the same unit.
            self._most_ahead = min(max(self._fewest_ahead, len(used)), MOST_AHEAD)
            for sandbox in used:
                sandbox.end()
            channel.close()
        elif said[0] == b"take":
            self._give(channel)
        elif said[0] == b"how":
            _tell(channel, self._how(int(said[1])))

    def _give(self, channel: socket.socket) -> None:
        try:
            sandbox = self._ahead.pop(0) if self._ahead else Sandbox(self._command)
        except (bubblewrap.ConfinementError, OSError, ValueError, LookupError) as error:
            _tell(channel, f"! {error}".encode()[:900])
            return
        self._channels[channel].append(sandbox)
        with suppress(OSError):
            socket.send_fds(channel, [str(sandbox.pid).encode()], sandbox.ends)
        sandbox.close_ends()

    def _how(self, pid: int) -> bytes:
        until = time.monotonic() + HOW_S
        while pid not in self._ended and time.monotonic() < until:
            self._reap()
            time.sleep(0.001)
        status = self._ended.get(pid)
        if status is None:
            return b"alive"
        code = os.waitstatus_to_exitcode(status)
        return f"exit {code}".encode() if code >= 0 else f"signal {-code}".encode()

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                self._ended[pid] = status
                while len(self._ended) > 200:
                    del self._ended[next(iter(self._ended))]

    def _end(self) -> NoReturn:
        for sandbox in chain(*self._channels.values(), self._ahead):
            sandbox.end()
        with suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)
        os._exit(0)


def _tell(channel: socket.socket, what: bytes) -> None:
    """Answers whoever asked; a judge that has been ended meanwhile hears nothing, and ends nobody else."""
    with suppress(OSError):
        channel.send(what)


def _import_ahead(freezegun: str) -> None:
    """Import what submissions use: a fork has it, and finds it nowhere in its sandbox."""
    for name in _IMPORTED_AHEAD:
        importlib.import_module(name)
    with suppress(ImportError):  # There are Pythons without SQLite.
        importlib.import_module("halfway.subject.database")
    import_machine_code()
    sys.meta_path.append(Libraries())
    if freezegun:
        FrozenTime.rehearse(freezegun)


def main() -> None:
    """Serve on the socket that an argument names; the next one says what to hide and what to import."""
    global _clocks, _calls
    asked = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(sys.argv[2])
    sys.dont_write_bytecode = True
    sys.path.remove(SOURCES)
    del sys.argv[1:]
    _import_ahead(settings["freezegun"])
    rehearse()
    _clocks, _calls = clocks.found(), bytes.fromhex(settings["calls"])
    namespaces.adopt()
    gc.collect()
    gc.freeze()
    command = bubblewrap.command(settings["bwrap"], settings["hidden"])
    Zygote(asked, command, settings["ahead"]).run()
