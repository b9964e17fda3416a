"""Words of asyncio reach a learner as asyncio has them: without our classes, our files, or an address."""

from __future__ import annotations

from halfway.grading.judge.endings import clean
from halfway.subject.loop import VirtualLoop


def test_what_asyncio_says_of_tasks_names_nothing_of_ours() -> None:
    """A future that is bound to another loop is told as it is outside the course."""
    first, second = VirtualLoop(), VirtualLoop()
    bound = first.create_future()

    async def waits() -> None:
        await bound

    task = second.create_task(waits())
    try:
        second.run_until_complete(task)
    except RuntimeError as error:
        said = str(error)
    finally:
        first.close()
        second.close()
    assert "DeterministicTask" in said
    told = clean(said)
    assert "attached to a different loop" in told
    assert told.startswith("Task <Task ")
    assert "Deterministic" not in told


def test_places_of_ours_are_left_out() -> None:
    """A learner's own line stays, and so does the rest of the sentence."""
    said = (
        "<Task coro=<answered() running at /x/src/halfway/subject/proxies.py:54> wait_for=<Future pending>>"
    )
    assert clean(said) == "<Task coro=<answered()> wait_for=<Future pending>>"
    mine = "<Task coro=<publish() running at <keys.py>:12>>"
    assert clean(mine) == mine
    assert clean("<VirtualLoop running=True>") == "<Loop running=True>"
