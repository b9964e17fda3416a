"""One function for every use: `grade(unit, submission) -> Verdict`.

The learner's code never runs in this process. A `Grader` keeps a warm process for many verdicts; `grade` uses
one for a single verdict.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any, Literal

from halfway import catalog
from halfway.grading.collector import Tell
from halfway.grading.keeper.client import CAN_FORK, Process, taken
from halfway.grading.request import Asked
from halfway.grading.scratch import scratch
from halfway.grading.submission import SOURCE_BYTES_MAX, locate
from halfway.grading.verdict import Replay, Suite, Verdict, with_examples
from halfway.links.guard import GRACE_S, Limits
from halfway.links.waiting import PATIENCE

Link = Literal["direct", "pipe", "pool"]

START_S = 20.0
"""How long the warm process may take to come up, on a slow machine."""
SLACK_S = 0.25
"""How long after the child's end, by its limit, its keeper may take to say so."""


class Grader:
    """Gives verdicts from one warm process. A context manager; one verdict at a time.

    `hash_seed` is what the learner's code runs under: the same for everybody, unless a caller says otherwise.
    `forking=False` is how it works where there is no fork: each verdict uses up one process, started ahead.
    `confined` is for submissions that nobody trusts: each runs in sandboxes of its own, and nothing that it
    does reaches the judge, the suite, or another submission. Raises ConfinementError where there are none.
    `ahead=False` is for whoever has much to ask, one after the other: nothing is made ready for what may come
    next, and all of the machine is there for what has come.
    """

    def __init__(
        self,
        course: Path | None = None,
        *,
        limits: Limits | None = None,
        hash_seed: str = "0",
        forking: bool = CAN_FORK,
        confined: bool = False,
        ahead: bool = True,
    ) -> None:
        self._course, self._limits, self._ahead = course, limits or Limits(), ahead
        self._hash_seed, self._forking = hash_seed, forking
        self._hidden: tuple[str, ...] | None = None
        if confined:
            from halfway.links.sandbox import bubblewrap, syscalls  # Linux alone, and not for a learner

            bubblewrap.probe()
            syscalls.program()
            self._hidden = (str(course or catalog.root()),)
        self._number = 0
        self._cancelled = False
        self.cpu_s = self.later_s = 0.0
        """What the last verdict took of a processor, and by how much its end was put off.

        What a second process of the keeper did beside it is not in it.
        """
        self._process: Process | None = self._start()

    def _start(self) -> Process:
        return taken(not self._forking, self._hash_seed, self._hidden)

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the warm process."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def cancel(self) -> None:
        """Ends the verdict in the making, if there is one; may be called from another thread."""
        process = self._process
        if process is None:
            return
        if self._forking:
            process.send({"cancel": self._number})
        else:
            self._cancelled = True
            process.kill()

    def grade(
        self,
        slug: str,
        submission: Path | None = None,
        *,
        suite: Suite = "hidden",
        replay: str | None = None,
        on_event: Tell | None = None,
        limits: Limits | None = None,
        link: Link | None = None,
        order: int = 0,
        secret: str | None = None,
    ) -> Verdict:
        """Gives the verdict on `submission`: a file or its folder, by default the one that the learner edits.

        `on_event` hears of each promise when it begins (`Started`) and when it ends (`PromiseResult`).
        A file that keeps every hidden promise is held to the public examples too: those that do not work
        come first. (In sandboxes there are no examples: they import what nobody trusts.)
        For the laws, `link` may be "pipe", and an `order` other than 0 shuffles the tests. Where submissions
        are confined, `secret` is what names and the order of stories are drawn from, by default a new one.
        Raises CatalogError if there is no such unit, and ValueError for a replay string that cannot be read.
        """
        verdict = self.grade_alone(
            slug,
            submission,
            suite=suite,
            replay=replay,
            on_event=on_event,
            limits=limits,
            link=link,
            order=order,
            secret=secret,
        )
        is_ours = self._hidden is None and link in (None, "direct")
        if suite != "hidden" or replay is not None or not is_ours or not verdict.passed:
            return verdict
        spent = self.cpu_s, self.later_s
        examples = self.grade_alone(slug, submission, suite="examples", limits=limits)
        self.cpu_s, self.later_s = spent
        return with_examples(verdict, examples)

    def grade_alone(
        self,
        slug: str,
        submission: Path | None = None,
        *,
        suite: Suite = "hidden",
        replay: str | None = None,
        on_event: Tell | None = None,
        limits: Limits | None = None,
        link: Link | None = None,
        order: int = 0,
        secret: str | None = None,
    ) -> Verdict:
        """Gives the verdict of one suite alone, whatever the public examples say; see `grade`."""
        files = catalog.find(slug, self._course)
        submission = submission and Path(os.path.abspath(submission))  # noqa: PTH100 - it follows no link
        path = locate(submission, files.slug, files.file) if submission else files.stub
        asked = Asked(files, path, suite, Replay.read(replay) if replay else None, limits or self._limits)
        confined = self._hidden is not None and link in (None, "pool") and suite == "hidden"
        if confined:
            link, secret = "pool", secret or token_hex(8)
        how = {"link": link or "direct", "order": order, "secret": secret or "", "ahead": self._ahead}
        data = read_declared(path, submission) if confined else asked.read()
        collector = asked.collector(data or b"", on_event)
        began = time.monotonic()
        with _alone(data, files) if confined else nullcontext(path) as taken_from:
            request = {**asked.request(), **how, "submission": str(taken_from)}
            for event in self._events(request, asked.limits.seconds):
                collector.feed(event)
        self.cpu_s, self.later_s = collector.cpu_s, collector.later_s
        return asked.verdict(data, collector, round(time.monotonic() - began, 4), secret or "")

    # ---- the warm process

    def _events(self, request: dict[str, Any], seconds_max: float) -> Iterator[dict[str, Any]]:
        """Gives the events of one request, the last of them `over`, whatever becomes of the process."""
        self._number += 1
        self._cancelled = False
        process = self._ready({**request, "number": self._number})
        if process is None:
            yield {"event": "fault", "text": "the process that runs your code could not be started"}
            return
        if self._forking:
            # The keeper holds its child to the limit, and knows how busy the machine is; it may hang.
            seconds_max *= PATIENCE
        deadline = time.monotonic() + START_S + seconds_max
        over = False
        while not over:
            line = process.receive(deadline - time.monotonic())
            if line is None and not self._forking:
                line = process.receive_late(deadline, seconds_max)
            if not line:
                how = "cancelled" if self._cancelled else "late" if line is None else "ended"
                yield {"event": "over", "how": how, "code": 0, "signal": 0}
                break
            event = _event(line)
            over = event.get("event") == "over"
            if event.get("event") == "importing":
                deadline = time.monotonic() + seconds_max + GRACE_S + (SLACK_S if self._forking else 0.0)
            yield event
        if not over or not self._forking:
            self._replace(process)

    def _ready(self, request: dict[str, Any]) -> Process | None:
        """Gives a process that has taken the request; a new one if the one we had is gone."""
        for _ in range(2):
            if self._process is None or not self._process.alive():
                self._process = self._start()
            if self._process.send(request):
                return self._process
            self._replace(self._process)
        return None

    def _replace(self, process: Process) -> None:
        """Ends a process of no more use, and starts the next one ahead of its request."""
        self._process = None
        process.kill()
        process.end()
        self._process = self._start()


@contextmanager
def _alone(data: bytes | None, files: catalog.UnitFiles) -> Iterator[Path]:
    """Gives a file of ours that holds what was read: nothing else of a submission is ever looked at."""
    with scratch() as folder:
        path = folder / files.file
        if data is not None:
            path.write_bytes(data)
        yield path


def read_declared(path: Path, submission: Path | None) -> bytes | None:
    """Gives what a regular file holds; None for a link, a pipe, a device, and what is not there.

    Links inside the submission lead elsewhere, and are not followed: neither of the file nor of a folder.
    """
    with suppress(OSError):
        if submission is not None and path.resolve() != submission.resolve() / path.relative_to(submission):
            return None
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return file.read(SOURCE_BYTES_MAX + 1)
    return None


def _event(line: bytes) -> dict[str, Any]:
    """Gives an event; what is none counts as nothing."""
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def grade(
    slug: str,
    submission: Path | None = None,
    *,
    suite: Suite = "hidden",
    replay: str | None = None,
    on_event: Tell | None = None,
    limits: Limits | None = None,
) -> Verdict:
    """Gives one verdict; see `Grader.grade`. For more than one, a `Grader` is ten times faster."""
    with Grader(limits=limits) as grader:
        return grader.grade(slug, submission, suite=suite, replay=replay, on_event=on_event)


def grade_confined(
    slug: str,
    submission: Path,
    *,
    pool: Grader | None = None,
    trust: bool = False,
    on_event: Tell | None = None,
    limits: Limits | None = None,
    secret: str | None = None,
) -> Verdict:
    """Gives the verdict on a submission that nobody trusts, from sandboxes; see `Grader(confined=True)`.

    `pool` is such a grader, for more than one verdict. With `trust` the submission runs as the learner's own
    does: next to the judge. Raises ConfinementError, with what to type, where there are no sandboxes.
    """
    if pool is not None:
        return pool.grade(slug, submission, on_event=on_event, limits=limits, secret=secret)
    with Grader(limits=limits, confined=not trust) as grader:
        return grader.grade(slug, submission, on_event=on_event, secret=secret)
