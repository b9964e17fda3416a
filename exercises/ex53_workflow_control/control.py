"""Cancel, resume and fork workflows whose steps are recorded one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

__all__ = ["Engine", "Json", "RecordedStep", "Status", "StillRunning", "Ticket", "UnknownWorkflow"]

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Status(Enum):
    """What was decided about a workflow."""

    ENQUEUED = "enqueued"
    RUNNING = "running"
    CANCELLED = "cancelled"
    FAILED = "failed"
    FINISHED = "finished"


class UnknownWorkflow(LookupError):
    """No workflow has this id."""


class StillRunning(Exception):
    """A step of this workflow has not ended."""


@dataclass(frozen=True)
class Ticket:
    """One step, in the hands of one worker; tickets are compared by value.

    `attempt` is 1 for the first ticket of a workflow, and one more for each further one.
    """

    workflow_id: str
    number: int
    name: str
    attempt: int


@dataclass(frozen=True)
class RecordedStep:
    """One step whose result is recorded. The first step of a workflow has number 1."""

    number: int
    name: str
    result: Json


@dataclass
class Workflow:
    """One row: recorded[0] is the result of step 1, and `in_flight` is the ticket that is out."""

    id: str
    steps: tuple[str, ...]
    version: str
    parent: str | None = None
    status: Status = Status.ENQUEUED
    recorded: list[Json] = field(default_factory=list)
    in_flight: Ticket | None = None
    attempts: int = 0


class Engine:
    """A queue with `places`: so many workflows run at a time, one step of each.

    places: an int of 1 or more.

    `enqueue`, `begin`, `fail` and `status` are given, and may be rewritten; nobody reads `_rows`.
    Ids, names and versions are non-empty and compared exactly; names of steps may repeat.
    A result is any Json that `json.dumps` can write, also NaN or a deep list, and the same JSON comes back.
    Nobody changes it later, so it needs no copy.
    Names in a sequence of any kind, and a list of ids or steps, are their caller's own: what happens to them
    changes nothing here.
    However many workflows and attempts there were, none is forgotten, and none is the last.
    However long a step is out, and however often anybody asks meanwhile, its ticket stays good.
    No clock decides anything: first is whatever came first.
    An id of a workflow, or of a parent, that is unknown raises UnknownWorkflow, before any other error.
    A ticket that comes to `end` or `fail` is always one of a workflow that is there.
    Two engines share nothing, also while two threads use them, one each; no method waits.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._rows: dict[str, Workflow] = {}

    def enqueue(
        self, workflow_id: str, steps: Sequence[str], version: str, parent: str | None = None
    ) -> None:
        """Put a new workflow with at least one step at the end of the queue.

        ValueError: the id is taken.
        """
        if parent is not None:
            self._row(parent)
        if workflow_id in self._rows:
            raise ValueError(f"workflow {workflow_id!r} exists; a new one needs an id of its own")
        self._rows[workflow_id] = Workflow(workflow_id, tuple(steps), version, parent)

    def status(self, workflow_id: str) -> Status:
        """Give what was decided about a workflow."""
        return self._row(workflow_id).status

    def begin(self, version: str) -> Ticket | None:
        """Hand a step to a worker that runs code of this version, or None.

        Running workflows without a step out come first; of these the one that was enqueued first, resumed
        or not, gets its next step. Is there none, and is a place free, the enqueued workflow that has waited
        longest gets its first step to do. What is of another version is passed over, and keeps its place.
        A running workflow holds a place, also between its steps, and so does one whose step is out.
        While `places` or more are held, the queue lets nobody in.
        """
        rows = [row for row in self._rows.values() if row.version == version]
        held = sum(row.status is Status.RUNNING or row.in_flight is not None for row in self._rows.values())
        for row in rows:
            if row.status is Status.RUNNING and row.in_flight is None:
                return self._handed_out(row)
        for row in rows:
            if row.status is Status.ENQUEUED and held < self._places:
                row.status = Status.RUNNING
                return self._handed_out(row)
        return None

    def fail(self, ticket: Ticket) -> None:
        """Take note that the step raised: it has no result, and a running workflow has FAILED.

        A ticket that is not out changes nothing.
        """
        row = self._row(ticket.workflow_id)
        if row.in_flight != ticket:
            return
        row.in_flight = None
        if row.status is Status.RUNNING:
            row.status = Status.FAILED

    def _handed_out(self, row: Workflow) -> Ticket:
        row.attempts += 1
        number = len(row.recorded) + 1
        row.in_flight = Ticket(row.id, number, row.steps[number - 1], row.attempts)
        return row.in_flight

    def _row(self, workflow_id: str) -> Workflow:
        if workflow_id not in self._rows:
            raise UnknownWorkflow(workflow_id)
        return self._rows[workflow_id]

    def end(self, ticket: Ticket, result: Json) -> None:
        """Record the result of a step, also if the workflow was cancelled meanwhile.

        The last step of a running workflow finishes it, and no other.
        A ticket is out from `begin` to its first report, be that `end` or `fail`.
        Reports may come again, late, or contradict the first one, as a success after a failure: a ticket that
        is not out changes nothing, and is no error.
        """
        raise NotImplementedError

    def cancel(self, workflow_id: str, *, children: bool) -> list[str]:
        """Give out no further step, and return the ids that this call cancelled, each after its parent.

        What is enqueued or running is CANCELLED at once; every other status stays.
        With `children` the same goes for its children, their children and so on, also below one whose status
        stays. Families are at most 100 generations, and children that are enqueued later run.

        Left behind: a step that is out goes on, and what it returns is recorded.
        """
        raise NotImplementedError

    def stopped(self, workflow_id: str) -> bool:
        """Say whether it does nothing more unless it is resumed; its children may do more.

        That is so when it is finished, failed, or cancelled with no step out.
        """
        raise NotImplementedError

    def resume(self, workflow_id: str) -> bool:
        """Let a workflow go on after its last recorded step, and say whether that changed anything.

        What was cancelled, failed or enqueued is RUNNING at once, also when every place is taken.
        Cancelled with every step recorded, it is FINISHED instead, and that is a change, too.
        What is running or finished is left alone, and so are children.
        StillRunning: it is cancelled and its step is out; nothing is changed.
        """
        raise NotImplementedError

    def fork(self, workflow_id: str, start_step: int, new_id: str, *, version: str | None = None) -> None:
        """Enqueue a new workflow that starts at `start_step`, with the recorded results before that.

        It may be asked at any status, also while a step is out, and the original stays as it is.
        The new one has no parent, child or attempt yet, and the version of the original unless one is given.
        ValueError: the id is taken, `start_step` is no step of the workflow, or a step before it has no
        recorded result; nothing is changed.
        """
        raise NotImplementedError

    def steps(self, workflow_id: str) -> list[RecordedStep]:
        """Give the recorded steps in order, numbered as `fork` counts them."""
        raise NotImplementedError
