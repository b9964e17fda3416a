"""What page 33 says about real systems, held against those systems."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.pin


def _down() -> None:
    raise ConnectionError("no answer")


class _ByHand:
    """A clock that is set."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _ByHand:
    """The clock of the library circuitbreaker, so that nobody waits."""
    import circuitbreaker

    clock = _ByHand()
    monkeypatch.setattr(circuitbreaker, "monotonic", clock)
    return clock


async def _on_trial(clock: _ByHand, reached: list[str]) -> tuple[Any, Callable[..., Any]]:
    """A circuit of that library that one failure has opened, when its wait is over."""
    import circuitbreaker

    breaker = circuitbreaker.CircuitBreaker(failure_threshold=1, recovery_timeout=30)

    @breaker
    async def sample(*, fails: bool = False) -> None:
        if fails:
            _down()
        reached.append("a call")
        await asyncio.sleep(0)

    with pytest.raises(ConnectionError):
        await sample(fails=True)
    assert breaker.state == "open"
    clock.seconds += 31
    return breaker, sample


def test_circuitbreaker_lets_everybody_find_out(clock: _ByHand) -> None:
    """Half-open, ten callers at once are ten calls of the service."""
    reached: list[str] = []

    async def story() -> None:
        _, sample = await _on_trial(clock, reached)
        await asyncio.gather(*(sample() for _ in range(10)))

    asyncio.run(story())
    assert len(reached) == 10


def test_circuitbreaker_closes_when_its_probe_is_cancelled(clock: _ByHand) -> None:
    """A cancelled probe leaves the circuit closed."""

    async def story() -> tuple[str, str]:
        breaker, sample = await _on_trial(clock, [])
        probe = asyncio.ensure_future(sample())
        await asyncio.sleep(0)
        before = breaker.state
        probe.cancel()
        await asyncio.wait([probe])
        return before, breaker.state

    assert asyncio.run(story()) == ("half_open", "closed")


def test_pybreaker_counts_failures_in_a_row() -> None:
    """Two failures, a success, two failures: with fail_max=3 the circuit is closed."""
    import pybreaker

    breaker = pybreaker.CircuitBreaker(fail_max=3)
    for fails in (True, True, False, True, True):
        if fails:
            with pytest.raises(ConnectionError):
                breaker.call(_down)
        else:
            breaker.call(lambda: "up")
    assert breaker.current_state == "closed"


def test_pybreaker_replaces_the_error_that_opens_it() -> None:
    """Whoever makes the last failure is told that the circuit is open."""
    import pybreaker

    breaker = pybreaker.CircuitBreaker(fail_max=1)
    with pytest.raises(pybreaker.CircuitBreakerError):
        breaker.call(_down)


def test_pybreaker_counts_a_cancel_as_a_failure() -> None:
    """One cancelled call opens a circuit with fail_max=1."""
    import pybreaker

    breaker = pybreaker.CircuitBreaker(fail_max=1)
    with pytest.raises(pybreaker.CircuitBreakerError), breaker.calling():
        raise asyncio.CancelledError
    assert breaker.current_state == "open"


def test_pybreaker_holds_its_lock_during_a_call() -> None:
    """While one thread is in its call, a closed circuit lets no other thread in."""
    import pybreaker

    breaker = pybreaker.CircuitBreaker()
    is_in, may_leave, other_is_in = threading.Event(), threading.Event(), threading.Event()

    def stays() -> None:
        is_in.set()
        may_leave.wait()

    first = threading.Thread(target=breaker.call, args=(stays,))
    first.start()
    is_in.wait()
    second = threading.Thread(target=breaker.call, args=(other_is_in.set,))
    second.start()
    came_in = other_is_in.wait(0.1)
    may_leave.set()
    first.join()
    second.join()
    assert (came_in, other_is_in.is_set()) == (False, True)
