"""The field trip of ex53: the same commands in DBOS on SQLite, and in a learner's engine.

The package is the real one, with a database of its own that is gone afterwards. Its steps wait for us and not
for a time; what takes seconds is DBOS itself, which looks at its queues once a second.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from halfway.trips import workflow_plays as plays
from halfway.trips.going import imported
from halfway.trips.workflow_plays import EXPECTED, Answers

PATIENCE_S = 20.0
SHORT_OF_PLACES = "short of places"


@dataclass(frozen=True)
class Row:
    """One command in both engines."""

    what: str
    theirs: str
    yours: str
    expected: str


@dataclass
class Steps:
    """What the steps of DBOS's workflows have done; each is at work until it may end."""

    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    may_end: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    log: list[tuple[str, int, str]] = field(default_factory=list)

    def work(self, key: str, number: int) -> int:
        """Be at work until somebody lets it end."""
        self.log.append((key, number, "begins"))
        self.begun.release()
        self.may_end.acquire(timeout=PATIENCE_S)
        self.log.append((key, number, "ends"))
        return number

    def wait_for(self, steps: int = 1) -> None:
        """Come back when so many more steps have begun."""
        for _ in range(steps):
            if not self.begun.acquire(timeout=PATIENCE_S):
                raise TimeoutError("a step of DBOS has not begun")

    def let_end(self, steps: int = 1) -> None:
        """So many steps may end."""
        self.may_end.release(steps)

    def of(self, key: str) -> list[tuple[int, str]]:
        """What the steps of one workflow have done."""
        return [(number, what) for one, number, what in self.log if one == key]


@dataclass
class Dbos:
    """DBOS at work, its steps, and its workflows: two steps, one that fails, a parent of two steps."""

    itself: Any
    steps: Steps
    made: dict[str, Callable[[], Any]]

    def start(self, key: str, workflow: str = "two") -> Any:
        """Start a workflow with this id, past every queue."""
        from dbos import SetWorkflowID

        with SetWorkflowID(key):
            return self.itself.start_workflow(self.made[workflow])

    def enqueue(self, key: str) -> Any:
        """Put one with two steps into the queue that has one place."""
        from dbos import SetWorkflowID

        with SetWorkflowID(key):
            return self.itself.enqueue_workflow(SHORT_OF_PLACES, self.made["two"])

    def status(self, key: str) -> str:
        """What DBOS says of it."""
        return str(self.itself.get_workflow_status(key).status)


@contextmanager
def _launched() -> Iterator[Dbos]:
    from dbos import DBOS

    steps = Steps()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        url = f"sqlite:///{Path(folder) / 'dbos.sqlite'}"
        DBOS(config={"name": "trip", "system_database_url": url, "log_level": "CRITICAL"})
        made = _workflows(DBOS, steps)
        try:
            DBOS.launch()
            DBOS.register_queue(SHORT_OF_PLACES, global_concurrency=1, polling_interval_sec=0.05)
            yield Dbos(DBOS, steps, made)
        finally:
            steps.let_end(100)
            DBOS.destroy(destroy_registry=True)


def _workflows(dbos: Any, steps: Steps) -> dict[str, Callable[[], Any]]:
    def work(number: int) -> int:
        return steps.work(dbos.workflow_id, number)

    step = dbos.step()(work)

    def two() -> list[int]:
        return [step(1), step(2)]

    def fails() -> None:
        raise ValueError("the disk is full")

    child = dbos.workflow()(two)

    def parent() -> None:
        dbos.start_workflow(child)

    return {"two": child, "fails": dbos.workflow()(fails), "parent": dbos.workflow()(parent)}


def in_dbos() -> Answers:
    """Give what DBOS says to each command, in the order of the contract."""
    with _launched() as dbos:
        said = {
            **_cancelled(dbos),
            **_resumed(dbos),
            **_forked(dbos),
            **_queued(dbos),
            **_place(dbos),
            **_families(dbos),
            **_failed(dbos),
            **_unknown(dbos.itself),
        }
    return {what: said[what] for what in EXPECTED}


def _ended(handle: Any) -> str:
    try:
        return f"returns {handle.get_result(polling_interval_sec=0.05)}"
    except Exception as error:
        return type(error).__name__


def _cancelled(dbos: Dbos) -> Answers:
    """Cancelled while step 1 is at work, which ends then."""
    handle = dbos.start("late")
    dbos.steps.wait_for()
    dbos.itself.cancel_workflow("late")
    status = dbos.status("late").lower()
    at_work = (1, "ends") not in dbos.steps.of("late")
    dbos.steps.let_end()
    _ended(handle)  # this handle waits for the function itself
    recorded = dbos.itself.list_workflow_steps("late")
    return {plays.CANCELLED: status if at_work else "waited", plays.LATE: str(len(recorded))}


def _resumed(dbos: Dbos) -> Answers:
    """One is resumed while its step 1 is at work, another one after its step 2 has ended."""
    again = dbos.start("again")
    dbos.steps.wait_for()
    dbos.steps.let_end()
    dbos.steps.wait_for()
    dbos.itself.cancel_workflow("again")
    dbos.steps.let_end()
    _ended(again)
    dbos.start("report")
    dbos.steps.wait_for()
    dbos.itself.cancel_workflow("report")
    handles = [dbos.itself.resume_workflow(key) for key in ("report", "again")]
    dbos.steps.wait_for(2)
    twice = (1, "ends") not in dbos.steps.of("report")
    dbos.steps.let_end(4)  # step 1 of the report twice, step 2 of both
    for handle in handles:
        _ended(handle)
    second = dbos.steps.of("again").count((2, "ends"))
    _forget(dbos.steps)
    return {
        plays.RESUMED: "runs twice at once" if twice else "is accepted",
        plays.AGAIN: "runs again" if second > 1 else "is done",
    }


def _forked(dbos: Dbos) -> Answers:
    """Three forks of what is finished; their steps may end at once."""
    first = dbos.itself.list_workflow_steps("report")[0]["function_id"]
    dbos.steps.let_end(100)
    forks = [
        dbos.itself.fork_workflow("report", start_step, application_version=version)
        for start_step, version in ((2, "2"), (2, None), (99, None))
    ]
    too_far, _ = _ended(forks[2]), _ended(forks[1])
    done = dbos.steps.of(forks[1].workflow_id)
    _forget(dbos.steps)
    return {
        plays.NUMBER: str(first),
        plays.FORKED: "1" if done == [(2, "begins"), (2, "ends")] else str(done),
        plays.TOO_FAR: too_far,
        plays.VERSION: "waits" if dbos.status(forks[0].workflow_id) == "ENQUEUED" else "runs",
    }


def _forget(steps: Steps) -> None:
    for counted in (steps.may_end, steps.begun):
        while counted.acquire(blocking=False):
            pass


def _queued(dbos: Dbos) -> Answers:
    """Three in a queue with one place; the second is cancelled, and the third resumed."""
    first, _, third = (dbos.enqueue(f"in-queue-{number}") for number in (1, 2, 3))
    dbos.steps.wait_for()
    dbos.itself.cancel_workflow("in-queue-2")
    dbos.itself.resume_workflow("in-queue-3")
    dbos.steps.wait_for()
    at_once = dbos.steps.of("in-queue-1") == [(1, "begins")]
    dbos.steps.let_end(4)
    for handle in (first, third):
        _ended(handle)
    _forget(dbos.steps)
    return {
        plays.QUEUED: "runs" if dbos.steps.of("in-queue-2") else "never runs",
        plays.AT_ONCE: "runs at once" if at_once else "waits",
    }


def _place(dbos: Dbos) -> Answers:
    """The only place is held by one whose step is at work, and which is cancelled then."""
    dbos.enqueue("holder")
    dbos.steps.wait_for()
    handle = dbos.enqueue("next")
    dbos.itself.cancel_workflow("holder")
    dbos.steps.wait_for()
    beside = dbos.steps.of("holder") == [(1, "begins")]
    dbos.steps.let_end(3)
    _ended(handle)
    _forget(dbos.steps)
    return {plays.PLACE: "begins beside it" if beside else "waits"}


def _families(dbos: Dbos) -> Answers:
    said = {}
    for what, children in ((plays.ALONE, False), (plays.FAMILY, True)):
        key = f"parent-{children}"
        _ended(dbos.start(key, "parent"))
        dbos.steps.wait_for()
        dbos.itself.cancel_workflow(key, cancel_children=children)
        status = dbos.status(f"{key}-1")
        said[what] = "goes on" if status == "PENDING" else f"is {status.lower()}"
    return said


def _failed(dbos: Dbos) -> Answers:
    _ended(dbos.start("failed", "fails"))
    ended = _ended(dbos.itself.resume_workflow("failed"))
    return {plays.FAILED: f"raises {ended}"}


def _unknown(dbos: Any) -> Answers:
    silent = dbos.cancel_workflow("nobody") is None
    steps = str(dbos.list_workflow_steps("nobody"))
    return {plays.NOBODY: "is silent" if silent else "is told", plays.NO_STEPS: steps}


def trip(source: str, theirs: Answers | None = None) -> list[Row]:
    """Give the answers of both engines. Raises what the learner's file raises when it is imported."""
    yours = plays.in_engine(imported(source, "control"))
    theirs = in_dbos() if theirs is None else theirs
    return [Row(what, theirs[what], yours[what], expected) for what, expected in EXPECTED.items()]
