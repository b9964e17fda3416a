"""To run while you work. The hidden promises ask what happens on worse days than these."""

import asyncio
from collections.abc import Sequence

from collect import Collector

from halfway.kit import run


class SteadySampler:
    """A sampler that gives one sample a second."""

    def __init__(self) -> None:
        self.taken = 0

    async def read(self, service: str) -> str:
        await asyncio.sleep(1)
        self.taken += 1
        return f"{service}#{self.taken - 1}"


class RecordingSpool:
    """A spool that takes two seconds for a write, and remembers in which order things ended."""

    def __init__(self) -> None:
        self.happened: list[str] = []

    async def write(self, service: str, samples: Sequence[str]) -> None:
        await asyncio.sleep(2)
        self.happened.append(f"{service}: {', '.join(samples)}")

    def close(self) -> None:
        self.happened.append("closed")


async def collected(seconds: float) -> list[str]:
    """Collect one service for so long, and stop: what happened at the spool."""
    spool = RecordingSpool()
    collector = Collector(SteadySampler(), spool)
    collector.start("api")
    await asyncio.sleep(seconds)
    assert await collector.stop(grace_s=30) == []
    return spool.happened


def test_a_worker_that_has_nothing_is_stopped() -> None:
    """During the first read there is nothing to write."""
    assert run(collected(0.5)) == ["closed"]


def test_the_last_sample_comes_before_the_end() -> None:
    """A sample that was read is durable before the spool is closed."""
    assert run(collected(1.5)) == ["api: api#0", "closed"]


def test_a_write_that_goes_on_is_waited_for() -> None:
    """Two samples were handed over, and a third one was read."""
    assert run(collected(3.5)) == ["api: api#0, api#1", "api: api#2", "closed"]
