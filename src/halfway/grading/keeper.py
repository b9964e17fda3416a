"""A warm process that has pytest and the kit imported, and gives each request a child of its own.

Requests are lines of JSON on standard input; answers are the child's events on standard output, and `over` at
the end. A child that does not end by its limit, and whatever it has started, is killed. Where there is no
fork (Windows), this process serves one request itself, and whoever started it holds it to its time.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from contextlib import suppress
from typing import Any

from halfway.grading.limits import GRACE_S

SLICE_S = 0.05
IDLE_S = 0.02
CAN_FORK = hasattr(os, "fork") and sys.platform not in ("emscripten", "wasi")


def _take_over_pipes() -> tuple[int, int]:
    """Moves requests and answers away from the standard descriptors, where a learner's code finds them."""
    requests, answers = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1) if os.environ.get("HALFWAY_DEBUG") else (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)
    return requests, answers


def _import_everything() -> None:
    """Imports what every child needs; a child is forked with all of it."""
    import gc

    gc.disable()  # what is imported stays: to look for garbage in it takes as long as to import it
    import halfway.grading.child
    import halfway.grading.judging
    import halfway.links.pipe  # noqa: F401

    # What the standard library and pytest import on first use: every child has a first use.
    for name in ("_pytest._argcomplete", "_pytest.helpconfig", "encodings.utf_8_sig", "resource", "tomllib"):
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()
    gc.enable()


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


class Lines:
    """Lines from a descriptor, as they come."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.ended = False
        self._rest = b""

    def read(self) -> list[bytes]:
        """Gives the whole lines that one read brings; none, and `ended`, at the end."""
        try:
            data = os.read(self.descriptor, 1 << 16)
        except OSError:
            data = b""
        self.ended = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        return lines


class Keeper:
    """Serves requests, one after the other, each in a child of its own."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests, self._answers = Lines(requests), answers
        self._waiting: list[dict[str, Any]] = []
        self._reaps_orphans = False
        self._likely: dict[str, Any] | None = None

    def run(self) -> None:
        """Serves until nobody asks any more."""
        while not self._requests.ended:
            if self._waiting:
                self._serve(self._waiting.pop(0))
            else:
                self._prepare()
                lines = [json.loads(line) for line in self._requests.read()]
                # What a cancel was meant for has ended by itself.
                self._waiting += [line for line in lines if "cancel" not in line]

    def _serve(self, request: dict[str, Any]) -> None:
        began = time.monotonic()
        elsewhere = _start_ahead(request)
        into, out = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._child(request, out, into, began)
        os.close(out)
        self._reap_orphans()
        deadline = began + request["limits"]["seconds"] + GRACE_S
        how = self._watch(Lines(into), pid, request["number"], deadline)
        os.close(into)
        how.update(_bury(pid))
        _write_all(self._answers, json.dumps({"event": "over", **how}).encode() + b"\n")
        if elsewhere:
            _end_what_was_started()
            self._likely = request

    def _prepare(self) -> None:
        """Uses the time until the next request, if there is any: the last suite is likely to come again."""
        import select

        if self._likely is not None and not select.select([self._requests.descriptor], [], [], IDLE_S)[0]:
            _start_ahead(self._likely)
            self._likely = None

    def _child(self, request: dict[str, Any], out: int, into: int, began: float) -> None:
        """Is the child: serves, and leaves without running what the learner's code has left for the exit."""
        try:
            os.setsid()
            for descriptor in (into, self._answers, self._requests.descriptor):
                os.close(descriptor)
            from halfway.grading.child import serve

            serve(request, lambda data: _write_all(out, data), began)
        finally:
            os._exit(0)

    def _reap_orphans(self) -> None:
        """Makes this process the parent of whatever a child leaves behind, so that it can end it (Linux)."""
        if self._reaps_orphans:
            return
        self._reaps_orphans = True
        if sys.platform == "linux":
            with suppress(Exception):
                import ctypes

                ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER

    def _watch(self, events: Lines, pid: int, number: int, deadline: float) -> dict[str, Any]:
        """Passes on the child's events until it ends, its time is over, or nobody wants to know any more."""
        import select

        sources = [events.descriptor, self._requests.descriptor]
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return {"how": "late"}
            ready, _, _ = select.select(sources, [], [], min(left, SLICE_S))
            if self._requests.descriptor in ready:
                lines = [json.loads(line) for line in self._requests.read()]
                self._waiting += [line for line in lines if "cancel" not in line]
                if self._requests.ended or any(line.get("cancel") == number for line in lines):
                    return {"how": "cancelled"}
            if events.descriptor in ready:
                lines = events.read()
                if lines:
                    _write_all(self._answers, b"\n".join(lines) + b"\n")
                if events.ended or (lines and lines[-1].startswith(b'{"event": "finished"')):
                    return {"how": "ended"}
            elif not ready and _is_dead(pid):
                return {"how": "ended"}


def _start_ahead(request: dict[str, Any]) -> bool:
    """Has an interpreter ready for a suite that asks what another machine says; False if it does not ask.

    It comes up while others work: before the next verdict, or at least beside pytest.
    """
    from halfway.grading.limits import Limits, set_resource_limits
    from halfway.kit.elsewhere import HASH_SEED
    from halfway.links import pipe

    with suppress(OSError), open(request["tests"], "rb") as file:
        if request["suite"] != "hidden" or b".other_machine(" not in file.read():
            return False
        if HASH_SEED not in pipe.started_ahead:
            process = pipe.started_ahead[HASH_SEED] = pipe.start(HASH_SEED)
            set_resource_limits(Limits(**request["limits"]), process.pid)
        return True
    return False


def _end_what_was_started() -> None:
    """Ends interpreters that were started ahead: one serves one verdict, whatever became of it there."""
    from halfway.links import pipe

    for process in pipe.started_ahead.values():
        process.kill()
        process.communicate()
    pipe.started_ahead.clear()


def _is_dead(pid: int) -> bool:
    """Has the child ended, though something that it started still holds its pipe? It is not reaped yet."""
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return ended is not None


def _bury(pid: int) -> dict[str, Any]:
    """Ends the child's process group and all that it left behind; says how it ended, and its CPU time."""
    status, cpu_s = _wait_a_little(pid)
    ended_itself = status is not None
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if status is None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        cpu_s = usage.ru_utime + usage.ru_stime
    _end_orphans()
    code = os.waitstatus_to_exitcode(status)
    return {"code": max(code, 0), "signal": max(-code, 0) if ended_itself else 0, "cpu_s": cpu_s}


def _wait_a_little(pid: int) -> tuple[int | None, float]:
    """Waits for a child that is about to end; None as its status if it is not."""
    for _ in range(20):
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return status, usage.ru_utime + usage.ru_stime
        time.sleep(0.0005)
    return None, 0.0


def _end_orphans() -> None:
    """Kills the descendants that became ours when the child died, until there are none."""
    from halfway.links import pipe

    ours = {process.pid for process in pipe.started_ahead.values()}
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


def _serve_one(requests: int, answers: int) -> None:
    """Serves one request in this process and ends: for platforms without fork."""
    from halfway.grading.child import serve

    lines = Lines(requests)
    while not lines.ended:
        for line in lines.read():
            began = time.monotonic()
            serve(json.loads(line), lambda data: _write_all(answers, data), began)
            over = {
                "event": "over",
                "how": "ended",
                "code": 0,
                "signal": 0,
                "seconds": time.monotonic() - began,
            }
            _write_all(answers, json.dumps(over).encode() + b"\n")
            os._exit(0)


def main() -> None:
    """Serves requests: each in a fork, or, with --once, one alone in this process."""
    requests, answers = _take_over_pipes()
    _import_everything()
    if "--once" in sys.argv or not CAN_FORK:
        _serve_one(requests, answers)
    else:
        Keeper(requests, answers).run()
    os._exit(0)  # nothing is left to be put in order, and somebody waits


if __name__ == "__main__":
    main()
