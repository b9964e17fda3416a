"""Examples for ex33: a service goes down, and one call finds out when it is back."""

import asyncio

import pytest

from breaker import CircuitBreaker, CircuitOpen
from halfway.kit import run


class FakeClock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


class Service:
    """A service that is up or down as told, and counts the calls that reach it."""

    def __init__(self) -> None:
        self.is_up, self.reached = False, 0

    async def sample(self) -> str:
        self.reached += 1
        await asyncio.sleep(1)
        if not self.is_up:
            raise ConnectionError("no answer")
        return "82 % full"


async def opened(service: Service, clock: FakeClock) -> CircuitBreaker:
    """A breaker whose circuit three failures have opened."""
    breaker = CircuitBreaker(threshold=3, window=60, reset_after=30, clock=clock)
    for _ in range(3):
        with pytest.raises(ConnectionError):
            await breaker.call(service.sample)
    return breaker


def test_an_open_circuit_leaves_the_service_alone() -> None:
    """The fourth call is rejected, and does not reach the service."""

    async def story() -> int:
        service = Service()
        breaker = await opened(service, FakeClock())
        with pytest.raises(CircuitOpen):
            await breaker.call(service.sample)
        return service.reached

    assert run(story()) == 3


def test_a_good_probe_closes_the_circuit() -> None:
    """When the wait is over a call goes through; it goes well, and so everybody else's does."""

    async def story() -> list[str]:
        service, clock = Service(), FakeClock()
        breaker = await opened(service, clock)
        clock.seconds, service.is_up = 30, True
        return [await breaker.call(service.sample) for _ in range(2)]

    assert run(story()) == ["82 % full", "82 % full"]


def test_a_failed_probe_opens_it_again() -> None:
    """The service is still down: the call that finds out fails, and the next one is rejected."""

    async def story() -> int:
        service, clock = Service(), FakeClock()
        breaker = await opened(service, clock)
        clock.seconds = 30
        with pytest.raises(ConnectionError):
            await breaker.call(service.sample)
        with pytest.raises(CircuitOpen):
            await breaker.call(service.sample)
        return service.reached

    assert run(story()) == 4
