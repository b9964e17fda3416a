"""A warm process that has pytest and the kit imported, and gives each request a child of its own.

Requests are lines of JSON on standard input; answers are the child's events on standard output, and `over` at
the end. A child that does not end by its limit, and whatever it has started, is killed. Where there is no
fork (Windows), this process serves one request itself, and whoever started it holds it to its time.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from contextlib import suppress
from typing import Any

from halfway.grading.keeper.child import (
    Child,
    Suite,
    adopt_orphans,
    end_what_was_started,
    start_ahead,
    suite_of,
)
from halfway.grading.keeper.client import CAN_FORK
from halfway.grading.keeper.lines import Lines, write_all
from halfway.links.frozen import FrozenTime
from halfway.links.guard import GRACE_S
from halfway.links.sandbox import pools
from halfway.links.waiting import later_s, waited_s

SLICE_S = 0.05
IDLE_S = 0.15
SEVERAL = 3
"""From so many requests on, more are likely: a first freeze of clocks is paid once, for all children."""
CONFINED = "--confined"
LATER = b'{"event": "later"'


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
    import halfway.grading.judge.judge
    import halfway.grading.judge.serve
    import halfway.links.pipe  # noqa: F401

    # What the standard library and pytest import on first use: every child has a first use.
    for name in ("_pytest._argcomplete", "_pytest.helpconfig", "encodings.utf_8_sig", "resource", "tomllib"):
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()
    gc.enable()


class Ends:
    """When a request's time is over, seen from outside.

    The time in which others had the processor does not count. How long its child has waited for one the
    keeper sees himself; where nothing of a learner's runs in the child, that says it for its sandboxes, too.
    """

    def __init__(self, began: float, request: dict[str, Any]) -> None:
        self._seconds = float(request["limits"]["seconds"])
        self._at = began + self._seconds + GRACE_S
        self._is_confined = request["link"] == "pool"
        self._told_s = self.later_s = 0.0
        self._before: dict[int, float] = {}

    def hear(self, lines: list[bytes]) -> None:
        """Hears what the child says of time."""
        for line in lines:
            if self._is_confined and line.startswith(LATER):
                self._told_s = float(json.loads(line)["seconds"])

    def left_s(self, pid: int) -> float:
        """How many seconds are left to this child."""
        left = self._at - time.monotonic()
        if pid not in self._before:
            self._before[pid] = waited_s(pid)
        if left > 0:
            return left
        waited = max(self._told_s, waited_s(pid) - self._before[pid])
        self.later_s = later_s(waited, self._seconds)
        return left + self.later_s


class Keeper:
    """Serves requests, one after the other, each in a child of its own."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests, self._answers = Lines(requests), answers
        self._waiting: list[dict[str, Any]] = []
        self._likely: list[dict[str, Any]] = []
        self._spares: list[Child] = []
        self._served = 0

    def run(self) -> None:
        """Serves until nobody asks any more."""
        while not self._requests.ended:
            if self._waiting:
                self._serve(self._waiting.pop(0))
                continue
            self._prepare()
            lines = [json.loads(line) for line in self._requests.read()]
            # What a cancel was meant for has ended by itself.
            self._waiting += [line for line in lines if "cancel" not in line]
        for spare in self._spares:
            spare.discard()
        end_what_was_started()
        pools.close()

    def _prepare(self) -> None:
        """Uses the time until the next request, if there is any: the last suite is likely to come again.

        Where it may be kept whole, the public examples come right after it, and somebody waits for them too.
        """
        suites = [suite_of(request) for request in self._likely]
        for spare in self._without_use(suites):
            self._spares.remove(spare)
            spare.discard()
        for request, suite in zip(self._likely, suites, strict=True):
            if any(spare.suite == suite for spare in self._spares):
                continue
            if self._is_asked(IDLE_S):
                return
            start_ahead(request)
            self._spares.append(self._child(like=request))

    def _without_use(self, suites: list[Suite | None]) -> list[Child]:
        return [spare for spare in self._spares if spare.suite not in suites]

    def _is_asked(self, seconds: float) -> bool:
        """Waits so long, or until somebody asks for something."""
        import select

        return bool(select.select([self._requests.descriptor], [], [], seconds)[0])

    def _child(self, like: dict[str, Any] | None = None) -> Child:
        # No child may have these: with them, it could answer for others.
        return Child((self._answers, self._requests.descriptor), like=like)

    def _serve(self, request: dict[str, Any]) -> None:
        self._served += 1
        if self._served == SEVERAL and request["link"] != "pool":
            FrozenTime.rehearse()
        request["began"] = began = time.monotonic()
        asks_elsewhere = start_ahead(request)
        child = self._asked(request, asks_elsewhere)
        adopt_orphans()
        ends = Ends(began, request)
        how = self._watch(child, request["number"], ends)
        if child.is_spare and not child.was_heard and how["how"] == "ended":
            # Somebody ended it while it waited; nothing of the learner's has run yet.
            child.discard()
            child = self._child()
            child.ask(request)
            how = self._watch(child, request["number"], ends)
        how.update(child.bury(), later_s=round(ends.later_s, 3))
        write_all(self._answers, json.dumps({"event": "over", **how}).encode() + b"\n")
        if asks_elsewhere:
            end_what_was_started()
        if request["suite"] == "hidden" and request.get("ahead", True):
            is_asked_again = bool(self._likely) and suite_of(self._likely[0]) == suite_of(request)
            self._likely = [{**request, "again": is_asked_again}]
            if is_asked_again and request["link"] != "pool":
                self._likely.append({**request, "suite": "examples"})

    def _asked(self, request: dict[str, Any], asks_elsewhere: bool) -> Child:
        """Gives a child that has taken the request: a spare one if one will do, else a new one."""
        from halfway.links import HASH_SEED, seed_elsewhere

        there = HASH_SEED if request["link"] == "pool" else seed_elsewhere()
        fit = [spare for spare in self._spares if spare.can_answer(request)]
        # One that has collected this suite comes first.
        for spare in sorted(fit, key=lambda spare: spare.suite is None):
            self._spares.remove(spare)
            has_machine = not asks_elsewhere or spare.has_machine(there)
            # One that is not ready yet would keep somebody waiting longer than a new one does.
            if has_machine and spare.is_warm():
                spare.ask(request)
                return spare
            spare.discard()
            start_ahead(request)
        child = self._child()
        child.ask(request)
        return child

    def _watch(self, child: Child, number: int, ends: Ends) -> dict[str, Any]:
        """Passes on the child's events until it ends, its time is over, or nobody wants to know any more."""
        import select

        sources = [child.events.descriptor, self._requests.descriptor]
        while True:
            left = ends.left_s(child.pid)
            if left <= 0:
                return {"how": "late"}
            ready, _, _ = select.select(sources, [], [], min(left, SLICE_S))
            if self._requests.descriptor in ready:
                asked = [json.loads(line) for line in self._requests.read()]
                self._waiting += [line for line in asked if "cancel" not in line]
                if self._requests.ended or any(line.get("cancel") == number for line in asked):
                    return {"how": "cancelled"}
            if child.events.descriptor in ready:
                lines = child.events.read()
                if lines:
                    child.was_heard = True
                    ends.hear(lines)
                    write_all(self._answers, b"\n".join(lines) + b"\n")
                if child.events.ended or (lines and lines[-1].startswith(b'{"event": "finished"')):
                    return {"how": "ended"}
            elif not ready and child.is_dead():
                return {"how": "ended"}


def _serve_one(requests: int, answers: int) -> None:
    """Serves one request in this process and ends: for platforms without fork."""
    from halfway.grading.judge.serve import serve

    lines = Lines(requests)
    while not lines.ended:
        for line in lines.read():
            began = time.monotonic()
            serve(json.loads(line), lambda data: write_all(answers, data), began)
            over = {
                "event": "over",
                "how": "ended",
                "code": 0,
                "signal": 0,
                "seconds": time.monotonic() - began,
            }
            write_all(answers, json.dumps(over).encode() + b"\n")
            os._exit(0)


def main() -> None:
    """Serves requests: each in a fork, or, with --once, one alone in this process."""
    requests, answers = _take_over_pipes()
    if CONFINED in sys.argv:  # what makes sandboxes comes up meanwhile
        pools.prepare(hidden=json.loads(sys.argv[sys.argv.index(CONFINED) + 1]))
    _import_everything()
    if "--once" in sys.argv or not CAN_FORK:
        _serve_one(requests, answers)
    else:
        Keeper(requests, answers).run()
    os._exit(0)  # nothing is left to be put in order, and somebody waits


if __name__ == "__main__":
    main()
