"""The commands of the field trip of ex53, what its contract answers, and how a learner's engine is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Answers = dict[str, str]

EXPECTED: Answers = {
    "cancel, step 1 is at work: the status": "cancelled",
    "step 1 ends after that: results recorded": "1",
    "cancel in the queue: it": "never runs",
    "cancel, the only place: the next one": "waits",
    "cancel a finished parent alone: its child": "goes on",
    "cancel it with its children: its child": "is cancelled",
    "cancel an id that nobody has": "is refused",
    "resume, step 1 is still at work": "is refused",
    "cancel, step 2 ends, resume: step 2": "is done",
    "resume what has failed": "goes on",
    "resume in the queue, no place free: it": "runs at once",
    "list the steps: the number of the first": "1",
    "list the steps of an id that nobody has": "is refused",
    "fork from step 2: results taken over": "1",
    "fork from step 99 of two": "is refused",
    "fork to version 2, a worker of 1 asks: it": "waits",
}
"""What the contract of ex53 says of each command."""
(
    CANCELLED, LATE, QUEUED, PLACE, ALONE, FAMILY, NOBODY,
    RESUMED, AGAIN, FAILED, AT_ONCE,
    NUMBER, NO_STEPS, FORKED, TOO_FAR, VERSION,
) = EXPECTED  # fmt: skip
TO_BE_WRITTEN = "not written yet"


def in_engine(control: Any) -> Answers:
    """Give what a learner's engine says to the same commands; an error that no contract names is told."""
    return {what: _tried(control, _PLAYS[what]) for what in EXPECTED}


def _tried(control: Any, play: Callable[[Any, Any], str]) -> str:
    engine = control.Engine(places=1)
    engine.enqueue("report", ["collect", "send"], "1")
    try:
        return play(control, engine)
    except (control.StillRunning, control.UnknownWorkflow, ValueError):
        return "is refused"
    except NotImplementedError:
        return TO_BE_WRITTEN
    except Exception as error:
        return f"{type(error).__name__}: {error}".removesuffix(": ")


def _worked(engine: Any, steps: int) -> None:
    for number in range(1, steps + 1):
        engine.end(engine.begin("1"), number)


def _cancelled(_: Any, engine: Any) -> str:
    engine.begin("1")
    engine.cancel("report", children=False)
    return str(engine.status("report").value)


def _late(_: Any, engine: Any) -> str:
    ticket = engine.begin("1")
    engine.cancel("report", children=False)
    engine.end(ticket, 1)
    return str(len(engine.steps("report")))


def _queued(_: Any, engine: Any) -> str:
    engine.cancel("report", children=False)
    return "runs" if engine.begin("1") else "never runs"


def _place(_: Any, engine: Any) -> str:
    engine.enqueue("next", ["send"], "1")
    engine.begin("1")
    engine.cancel("report", children=False)
    return "begins beside it" if engine.begin("1") else "waits"


def _family(children: bool) -> Callable[[Any, Any], str]:
    def play(control: Any, engine: Any) -> str:
        _worked(engine, 2)
        engine.enqueue("child", ["send"], "1", "report")
        engine.begin("1")
        engine.cancel("report", children=children)
        status = engine.status("child")
        return "goes on" if status is control.Status.RUNNING else f"is {status.value}"

    return play


def _nobody(_: Any, engine: Any) -> str:
    engine.cancel("nobody", children=False)
    return "is silent"


def _resumed(_: Any, engine: Any) -> str:
    engine.begin("1")
    engine.cancel("report", children=False)
    engine.resume("report")
    return "runs twice at once" if engine.begin("1") else "is accepted"


def _again(_: Any, engine: Any) -> str:
    _worked(engine, 1)
    ticket = engine.begin("1")
    engine.cancel("report", children=False)
    engine.end(ticket, 2)
    engine.resume("report")
    return "runs again" if engine.begin("1") else "is done"


def _failed(_: Any, engine: Any) -> str:
    engine.fail(engine.begin("1"))
    engine.resume("report")
    return "goes on" if engine.begin("1") else "does nothing more"


def _at_once(_: Any, engine: Any) -> str:
    engine.enqueue("next", ["send"], "1")
    engine.begin("1")
    engine.resume("next")
    return "runs at once" if engine.begin("1") else "waits"


def _number(_: Any, engine: Any) -> str:
    _worked(engine, 1)
    return str(engine.steps("report")[0].number)


def _no_steps(_: Any, engine: Any) -> str:
    return str(engine.steps("nobody"))


def _fork(start_step: int) -> Callable[[Any, Any], str]:
    def play(_: Any, engine: Any) -> str:
        _worked(engine, 2)
        engine.fork("report", start_step, "copy")
        return str(len(engine.steps("copy")))

    return play


def _version(_: Any, engine: Any) -> str:
    _worked(engine, 2)
    engine.fork("report", 2, "copy", version="2")
    if engine.begin("1"):
        return "runs"
    return "waits" if engine.begin("2") else "never runs"


_PLAYS: dict[str, Callable[[Any, Any], str]] = {
    CANCELLED: _cancelled,
    LATE: _late,
    QUEUED: _queued,
    PLACE: _place,
    ALONE: _family(children=False),
    FAMILY: _family(children=True),
    NOBODY: _nobody,
    RESUMED: _resumed,
    AGAIN: _again,
    FAILED: _failed,
    AT_ONCE: _at_once,
    NUMBER: _number,
    NO_STEPS: _no_steps,
    FORKED: _fork(2),
    TOO_FAR: _fork(99),
    VERSION: _version,
}
