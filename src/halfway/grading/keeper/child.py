"""Children of the keeper: each serves one request, and is ended with everything that it has started."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from halfway.grading.keeper import second
from halfway.grading.keeper.lines import READY, Lines, next_request, write_all
from halfway.grading.keeper.second import Second

_prepared: list[bool] = []
_alive: set[int] = set()
"""The children that are not buried yet: nobody left these behind."""
Suite = tuple[str, int, int]


def suite_of(request: dict[str, Any]) -> Suite | None:
    """Names the suite that may be collected ahead of such a request; None if it is no ordinary one."""
    if request["suite"] != "hidden" or request["replay"] or request["order"]:
        return None
    with suppress(OSError):
        found = Path(request["tests"]).stat()
        return request["tests"], found.st_mtime_ns, found.st_size
    return None


class Child:
    """A process for one request. It is forked when it is asked, or ahead of that: a spare one.

    A fork shares its memory, and pays for each page when it first writes to it; a spare one has paid before
    anybody waits. It has collected the suite of `like`, whose like may well come next, where that
    can be done ahead. `foreign` are descriptors of ours that it must not have.
    """

    def __init__(self, foreign: Iterable[int], *, like: dict[str, Any] | None = None) -> None:
        from halfway.links.sandbox import pools

        self.is_spare, self.was_heard = like is not None, False
        self.suite = suite_of(like) if like is not None else None
        """What it has collected already: it can be asked for no other suite."""
        self._machines = _machines()
        """The other machines that it can ask without waiting for them to come up."""
        asked, self._asks = os.pipe()
        into, out = os.pipe()
        channels = pools.open_channels()
        self.pid = os.fork()
        if self.pid == 0:
            pools.use(channels)
            _be_child(asked, out, (self._asks, into, *foreign, *pools.descriptors()), like, self.suite)
        _alive.add(self.pid)
        for channel in channels:
            channel.close()
        os.close(asked)
        os.close(out)
        self.events = Lines(into)

    def can_answer(self, request: dict[str, Any]) -> bool:
        """Has it collected nothing else?"""
        return self.suite in (None, suite_of(request))

    def has_machine(self, hash_seed: str) -> bool:
        """Does it know the machine of this seed that is there now? The one before serves nobody any more."""
        now = {each for each in _machines() if each[0] == hash_seed}
        return bool(now) and now <= self._machines

    def ask(self, request: dict[str, Any]) -> None:
        """Gives it its request."""
        with suppress(OSError):
            write_all(self._asks, json.dumps(request).encode() + b"\n")

    def is_warm(self) -> bool:
        """Is it a spare one that has warmed up, and is still there?"""
        return bool(select.select([self.events.descriptor], [], [], 0)[0]) and self.events.read() == [READY]

    def is_dead(self) -> bool:
        """Has it ended, though something that it started may still hold its pipe? It is not reaped yet."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def discard(self) -> None:
        """Ends it without waiting for anything: nobody has asked it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.bury()

    def bury(self) -> dict[str, Any]:
        """Ends its process group and all that it left behind; says how it ended, and its CPU time."""
        os.close(self.events.descriptor)
        os.close(self._asks)
        status, cpu_s = self._wait_a_little()
        ended_itself = status is not None
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            _, status, usage = os.wait4(self.pid, 0)
            cpu_s = usage.ru_utime + usage.ru_stime
        _alive.discard(self.pid)
        end_orphans()
        code = os.waitstatus_to_exitcode(status)
        return {"code": max(code, 0), "signal": max(-code, 0) if ended_itself else 0, "cpu_s": cpu_s}

    def _wait_a_little(self) -> tuple[int | None, float]:
        """Waits for a child that is about to end; None as its status if it is not."""
        for _ in range(20):
            done, status, usage = os.wait4(self.pid, os.WNOHANG)
            if done:
                return status, usage.ru_utime + usage.ru_stime
            time.sleep(0.0005)
        return None, 0.0


def _machines() -> frozenset[tuple[str, int]]:
    """Names the machines that are up: by hash seed, and by process where each serves one verdict."""
    from halfway.links import pipe
    from halfway.links.sandbox import pools

    started = {(seed, process.pid) for seed, process in pipe.started_ahead.items()}
    return frozenset(started | {(seed, 0) for seed in pools.seeds()})


def _be_child(
    asked: int, out: int, foreign: Iterable[int], like: dict[str, Any] | None, suite: Suite | None
) -> NoReturn:
    """Is the child: serves, and leaves without running what the learner's code has left for the exit."""
    try:
        os.setsid()
        for descriptor in foreign:
            os.close(descriptor)
        from halfway.grading.judge.serve import serve, serve_collected, warm_up

        def write(data: bytes) -> None:
            write_all(out, data)

        def wait() -> Any:
            _be_as_warm_as_can_be()
            if isinstance(other, Second):
                return other.request(), other.write
            write(READY + b"\n")
            request = next_request(asked)
            if other is not None:
                other.ask(request)
            return request, write

        other = None
        if like is not None and suite is not None and _is_worth_two(like) and second.can_help():
            other = second.start()
        if isinstance(other, Second):
            os.close(asked)
            os.close(out)
        if like is not None:
            warm_up()
        if like is not None and suite is not None:
            serve_collected(like, wait, other)
        else:
            request, _ = wait() if like is not None else (next_request(asked), write)
            serve(request, write, request["began"])
    finally:
        os._exit(0)


def _is_worth_two(like: dict[str, Any]) -> bool:
    """Is somebody at work on this unit? Whoever asks once for each suite is served by one process."""
    return bool(like["link"] == "direct" and like.get("again"))


def _be_as_warm_as_can_be() -> None:
    """Does now what would be done while somebody waits: a first freeze, and a look for garbage."""
    import gc

    from halfway.links.frozen import FrozenTime

    FrozenTime.rehearse()
    gc.collect()
    gc.freeze()


def adopt_orphans() -> None:
    """Makes this process the parent of whatever a child leaves behind, so that it can end it (Linux)."""
    if _prepared or sys.platform != "linux":
        return
    _prepared.append(True)
    with suppress(Exception):
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def end_orphans() -> None:
    """Kills the descendants that became ours when the child died, until there are none."""
    from halfway.links import pipe
    from halfway.links.sandbox import pools

    ours = {process.pid for process in pipe.started_ahead.values()} | pools.pids() | _alive
    for _ in range(50):
        try:
            with open(f"/proc/self/task/{os.getpid()}/children", "rb") as file:
                orphans = {int(pid) for pid in file.read().split()} - ours
        except OSError:
            return
        for orphan in orphans:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(orphan, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(orphan, os.WNOHANG)
        if not orphans:
            return
        time.sleep(0.002)


def start_ahead(request: dict[str, Any]) -> bool:
    """Has an interpreter ready for a suite that asks what another machine says; False if it does not ask.

    It comes up while others work: before the next verdict, or at least beside pytest.
    """
    from halfway.links import HASH_SEED, pipe, seed_elsewhere
    from halfway.links.guard import Limits, set_resource_limits
    from halfway.links.sandbox import pools

    with suppress(OSError), open(request["tests"], "rb") as file:
        if request["suite"] != "hidden" or b".other_machine(" not in file.read():
            return False
        if request["link"] == "pool":
            pools.prepare(HASH_SEED)
        elif (seed := seed_elsewhere()) not in pipe.started_ahead:
            process = pipe.started_ahead[seed] = pipe.start(seed)
            set_resource_limits(Limits(**request["limits"]), process.pid)
        return True
    return False


def end_what_was_started() -> None:
    """Ends interpreters that were started ahead: one serves one verdict, whatever became of it there."""
    from halfway.links import pipe

    for process in pipe.started_ahead.values():
        pipe.end(process)
    pipe.started_ahead.clear()
