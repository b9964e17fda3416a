"""The field trip of ex34: a learner's engine inside dotflow, in the place of dotflow's own retry loop.

The package is the real one. Its loop waits in real time, so its `sleep` is noted and left out; the learner's
engine runs on an event loop in virtual time. Executions are counted where the function of the task is called.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from halfway.links.virtual import run
from halfway.trips.going import imported


@dataclass(frozen=True)
class Found:
    """What dotflow did with one task."""

    executions: int
    waits: list[float]
    error: str


@dataclass(frozen=True)
class Row:
    """One task in both engines: executions by dotflow's own loop, by the learner's, and by the contract."""

    what: str
    theirs: int
    yours: int
    expected: int
    waits: list[float]
    """The seconds between the executions in the learner's engine."""
    error: str
    """The last error of the task in the learner's engine, as dotflow keeps it."""


class _ByName:
    """A policy of somebody's own: three attempts for a line that is down, and one for everything else."""

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        return attempt < 3 and isinstance(error, ConnectionError)

    def next_delay(self, attempt: int) -> float:
        return 10.0 * attempt


def in_dotflow(retry: Any, errors: list[Exception], engine: Any = None) -> Found:
    """Let dotflow run one task whose calls raise these errors and then succeed, by `engine` or by itself."""
    import dotflow
    from dotflow.core import engine as inside

    called_at: list[float] = []
    waits: list[float] = []

    @dotflow.action(retry=retry)  # type: ignore[untyped-decorator,unused-ignore]
    def ring() -> str:
        called_at.append(_now())
        if len(called_at) <= len(errors):
            raise errors[len(called_at) - 1]
        return "it rang"

    with _in_place(inside, "sleep", lambda seconds: waits.append(float(seconds))):
        own = inside.TaskEngine.execute_with_retry
        with _in_place(inside.TaskEngine, "execute_with_retry", own if engine is None else _driven(engine)):
            flow = dotflow.DotFlow()
            flow.task.add(step=ring)
            flow.start()
    if engine is not None:
        waits = [round(after - before, 3) for before, after in pairwise(called_at)]
    failed = flow.task.queue[0].errors
    return Found(len(called_at), waits, f"{failed[-1].exception}: {failed[-1].message}" if failed else "")


def _driven(engine: Any) -> Callable[[Any], Any]:
    """What dotflow calls in place of its own loop; a task is what it was, and so is its function."""

    def execute_with_retry(self: Any) -> Any:
        act = engine.action(retry=self.task.step.retry)(self._execute_single)
        self.task.current_context = run(engine.TaskEngine().execute_with_retry(act))
        return self.task.current_context

    return execute_with_retry


@contextmanager
def _in_place(owner: Any, name: str, stand_in: Any) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, stand_in)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _now() -> float:
    """The time of the event loop that runs; in dotflow's own loop there is none."""
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:
        return 0.0


def trip(source: str) -> list[Row]:
    """Give what becomes of six tasks. Raises what the learner's file raises when it is imported."""
    engine = imported(source, "engine")
    down, late = ConnectionError("the line is down"), TimeoutError("no reply")
    tasks: list[tuple[str, Any, list[Exception], int]] = [
        ("retry=3, and the line is down", 3, [down] * 9, 3),
        ("retry=3, and the second call rings", 3, [down], 2),
        ("retry=0, and the line is down", 0, [down] * 9, 1),
        ("retry=3, and no reply comes in time", 3, [late] * 9, 3),
        ("retry=FixedRetry(5, 60.0), and the line is down", engine.FixedRetry(5, 60.0), [down] * 9, 5),
        ("a policy for lines that are down, and the alert is wrong", _ByName(), [ValueError("no")] * 9, 1),
    ]
    return [_row(engine, *task) for task in tasks]


def _row(engine: Any, what: str, retry: Any, errors: list[Exception], expected: int) -> Row:
    theirs = in_dotflow(retry, errors)
    yours = in_dotflow(retry, errors, engine)
    return Row(what, theirs.executions, yours.executions, expected, yours.waits, yours.error)
