"""To run while you work. The hidden promises ask what happens on worse days than these.

`run` is `asyncio.run` on a clock of its own: a wait of ten seconds takes no time.
"""

import asyncio

from engine import Action, FixedRetry, TaskEngine, action

from halfway.kit import run


class Line:
    """A line that fails the first `failures` times, and remembers when it was called."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.called_at: list[float] = []

    async def ring(self, alert: str) -> str:
        self.called_at.append(asyncio.get_running_loop().time())
        if len(self.called_at) <= self.failures:
            raise ConnectionError("line down")
        return f"rang for {alert}"


class Twice:
    """A policy of somebody's own: two attempts, ten seconds apart."""

    def should_retry(self, attempt: int, error: BaseException) -> bool:
        return attempt < 2

    def next_delay(self, attempt: int) -> float:
        return 10


def test_a_number_is_so_many_attempts() -> None:
    """With retry=3 the third attempt may still succeed, two seconds later."""
    line = Line(failures=2)
    act = action(retry=3)(line.ring)
    assert run(TaskEngine().execute_with_retry(act, "disk-7")) == "rang for disk-7"
    assert line.called_at == [0, 1, 2]


def test_a_number_is_a_fixed_policy() -> None:
    """A number stands for a FixedRetry, and 0 for one attempt."""
    assert isinstance(action(retry=3)(len).policy, FixedRetry)
    line = Line(failures=1)
    try:
        run(TaskEngine().execute_with_retry(action(retry=0)(line.ring), "disk-7"))
    except ConnectionError:
        assert line.called_at == [0]
    else:
        raise AssertionError("one attempt failed, and there is no other")


def test_a_policy_may_be_anybody() -> None:
    """A policy with the two methods decides whether and when the line is called again."""
    line = Line(failures=1)
    assert run(TaskEngine().execute_with_retry(Action(line.ring, Twice()), "disk-7")) == "rang for disk-7"
    assert line.called_at == [0, 10]


def test_an_action_takes_a_policy() -> None:
    """What is given as `retry` is the policy of the action."""
    policy = Twice()
    assert action(retry=policy)(len).policy is policy
