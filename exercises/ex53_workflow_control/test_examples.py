"""Examples for ex53: a report is cancelled between two steps, resumed, and forked."""

from control import Engine, RecordedStep, Status


def run_one_step(engine: Engine, result: str) -> None:
    """A worker takes the next step and ends it."""
    ticket = engine.begin("1.0.0")
    assert ticket is not None
    engine.end(ticket, result)


def test_a_report_runs_to_its_end() -> None:
    """Two steps are recorded, and then the report is finished."""
    engine = Engine(places=1)
    engine.enqueue("report", ["collect", "send"], "1.0.0")
    run_one_step(engine, "42 rows")
    run_one_step(engine, "sent")
    assert engine.status("report") is Status.FINISHED
    assert engine.steps("report") == [RecordedStep(1, "collect", "42 rows"), RecordedStep(2, "send", "sent")]


def test_a_cancelled_report_goes_on_when_it_is_resumed() -> None:
    """Cancelled between two steps it is given nothing more, and resumed it goes on with the second one."""
    engine = Engine(places=1)
    engine.enqueue("report", ["collect", "send"], "1.0.0")
    run_one_step(engine, "42 rows")
    assert engine.cancel("report", children=False) == ["report"]
    assert engine.begin("1.0.0") is None
    assert engine.resume("report")
    run_one_step(engine, "sent")
    assert engine.status("report") is Status.FINISHED


def test_a_fork_starts_with_the_step_that_is_named() -> None:
    """A fork from step 2 has the result of step 1."""
    engine = Engine(places=1)
    engine.enqueue("report", ["collect", "send"], "1.0.0")
    run_one_step(engine, "42 rows")
    run_one_step(engine, "sent")
    engine.fork("report", 2, "again")
    assert engine.steps("again") == [RecordedStep(1, "collect", "42 rows")]
    assert engine.status("again") is Status.ENQUEUED
