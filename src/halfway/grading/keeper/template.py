"""A process that has collected one suite, and from which children for its requests are forked.

Of a verdict's time, a quarter would go to pytest's start, which is the same each time. Nothing of a learner's
runs in this process: its children go their own way before the first test.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from halfway.grading.keeper.lines import READY, next_request, write_all

Key = tuple[str, int, int]


def key_of(request: dict[str, Any]) -> Key | None:
    """Names the suite that a template may hold for this request; None if it is no ordinary one."""
    if request["suite"] != "hidden" or request["replay"] or request["order"]:
        return None
    with suppress(OSError):
        found = Path(request["tests"]).stat()
        return request["tests"], found.st_mtime_ns, found.st_size
    return None


class Template:
    """The process that holds the suite of `request`, seen from the keeper. `foreign` is not for it."""

    def __init__(self, request: dict[str, Any], foreign: Iterable[int]) -> None:
        self.key = key_of(request)
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._is_ready = False
        self.pid = os.fork()
        if self.pid == 0:
            self._socket.close()
            _be_template(request, theirs, foreign)
        theirs.close()

    @property
    def descriptor(self) -> int:
        """What nobody else may have: whoever holds it can have children forked."""
        return self._socket.fileno()

    def is_ready(self) -> bool:
        """Has it collected its suite, and is it still there?"""
        if not self._is_ready and select.select([self._socket], [], [], 0)[0]:
            self._is_ready = self._socket.recv(64) == READY
        return self._is_ready

    def fork(self, pipes: list[int], channels: list[socket.socket], *, spare: bool) -> int:
        """Gives the process id of a new child, which is the caller's.

        The child's `pipes` are where it is asked, and where it answers. Raises OSError if the template has
        gone.
        """
        from halfway.links import pipe

        peers = [[seed, peer.pid] for seed, peer in pipe.started_ahead.items()]
        given = [*pipes, *(channel.fileno() for channel in channels)]
        for peer in pipe.started_ahead.values():
            given += [peer.stdin.fileno(), peer.stdout.fileno()]
        socket.send_fds(self._socket, [json.dumps([spare, len(channels), peers]).encode()], given)
        pid = self._socket.recv(64)
        if not pid:
            raise ConnectionError("the template has gone")
        return int(pid)

    def end(self) -> None:
        """Ends it. Its children are not its own, and go on."""
        self._socket.close()
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _be_template(request: dict[str, Any], asked: socket.socket, foreign: Iterable[int]) -> NoReturn:
    import gc

    try:
        os.setsid()
        for descriptor in foreign:
            os.close(descriptor)
        from halfway.grading.judge.serve import serve_collected, warm_up
        from halfway.links.frozen import FrozenTime

        def wait() -> Any:
            FrozenTime.rehearse()
            gc.collect()
            gc.freeze()
            asked.send(READY)
            return _go_on_in_children(asked)

        warm_up()
        serve_collected(request, wait)
    finally:
        os._exit(0)


def _go_on_in_children(asked: socket.socket) -> Any:
    """Forks a child each time it is asked to, and returns in the child, with its request and where to write.

    The child's parent ends at once, so that it belongs to the next process that adopts orphans: the keeper.
    """
    while True:
        said, given, _, _ = socket.recv_fds(asked, 1024, 32)
        if not said:
            os._exit(0)
        if _is_child(asked):
            asked.close()
            return _in_the_child(given, *json.loads(said))
        for descriptor in given:
            os.close(descriptor)


def _is_child(asked: socket.socket) -> bool:
    heard, say = os.pipe()
    middle = os.fork()
    if middle == 0:
        child = os.fork()
        if child:
            os.write(say, str(child).encode())
            os._exit(0)
        os.close(heard)
        os.close(say)
        os.setsid()
        return True
    os.close(say)
    os.waitpid(middle, 0)
    asked.send(os.read(heard, 64))
    os.close(heard)
    return False


def _in_the_child(given: list[int], spare: bool, channels: int, peers: list[tuple[str, int]]) -> Any:
    from halfway.links import pipe
    from halfway.links.sandbox import pools

    requests, out, *rest = given
    pools.use([socket.socket(fileno=descriptor) for descriptor in rest[:channels]])
    ends = iter(rest[channels:])
    pipe.started_ahead.clear()
    for seed, pid in peers:
        pipe.started_ahead[seed] = pipe.Peer(
            pid, os.fdopen(next(ends), "wb", buffering=0), os.fdopen(next(ends), "rb", buffering=0)
        )
    if spare:
        write_all(out, READY + b"\n")
    return next_request(requests), lambda data: write_all(out, data)
